; What Windows knows of ChatBELLE, all of it under HKEY_CURRENT_USER.

!define PROGID "ChatBELLE.gguf"
!define CLASSES "Software\Classes"
!define APP_PATHS "Software\Microsoft\Windows\CurrentVersion\App Paths\${EXE}"
!define ASSOCIATIONS_CHANGED 0x08000000

!macro TELL_EXPLORER
  System::Call 'shell32::SHChangeNotify(i ${ASSOCIATIONS_CHANGED}, i 0x1000, p 0, p 0)'
!macroend

; "Installed apps", and Windows-R "chatbelle".
Function Register
  WriteRegStr HKCU "${OWN_KEY}" "InstallDir" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "The ChatBELLE contributors"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\${EXE},0"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
  ${GetTime} "" "L" $0 $1 $2 $3 $4 $5 $6
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallDate" "$2$1$0"
  WriteRegStr HKCU "${APP_PATHS}" "" "$INSTDIR\${EXE}"
  WriteRegStr HKCU "${APP_PATHS}" "Path" "$INSTDIR"
FunctionEnd

; ChatBELLE among the programs that can open .gguf; which one does is the person's choice and stays.
Function RegisterFiles
  WriteRegStr HKCU "${CLASSES}\${PROGID}" "" "$(GGUF_TYPE)"
  WriteRegStr HKCU "${CLASSES}\${PROGID}\DefaultIcon" "" "$INSTDIR\gguf.ico"
  WriteRegStr HKCU "${CLASSES}\${PROGID}\shell\open\command" "" '"$INSTDIR\${EXE}" "%1"'
  WriteRegStr HKCU "${CLASSES}\.gguf\OpenWithProgids" "${PROGID}" ""
  WriteRegStr HKCU "${CLASSES}\Applications\${EXE}" "FriendlyAppName" "${NAME}"
  WriteRegStr HKCU "${CLASSES}\Applications\${EXE}\shell\open\command" "" '"$INSTDIR\${EXE}" "%1"'
  WriteRegStr HKCU "${CLASSES}\Applications\${EXE}\SupportedTypes" ".gguf" ""
  WriteRegStr HKCU "${OWN_KEY}\Capabilities" "ApplicationName" "${NAME}"
  WriteRegStr HKCU "${OWN_KEY}\Capabilities" "ApplicationDescription" "$(SHORTCUT_COMMENT)"
  WriteRegStr HKCU "${OWN_KEY}\Capabilities\FileAssociations" ".gguf" "${PROGID}"
  WriteRegStr HKCU "Software\RegisteredApplications" "${NAME}" "${OWN_KEY}\Capabilities"
  !insertmacro TELL_EXPLORER
FunctionEnd

!macro FORGETTING un
; The parts that can be chosen: .gguf, command.
Function ${un}ForgetParts
  DeleteRegValue HKCU "${CLASSES}\.gguf\OpenWithProgids" "${PROGID}"
  DeleteRegKey /ifempty HKCU "${CLASSES}\.gguf\OpenWithProgids"
  DeleteRegKey /ifempty HKCU "${CLASSES}\.gguf"
  DeleteRegKey HKCU "${CLASSES}\${PROGID}"
  DeleteRegKey HKCU "${CLASSES}\Applications\${EXE}"
  DeleteRegValue HKCU "Software\RegisteredApplications" "${NAME}"
  DeleteRegKey HKCU "${OWN_KEY}\Capabilities"
  DeleteRegValue HKCU "${OWN_KEY}" "Desktop"
  DeleteRegValue HKCU "${OWN_KEY}" "Gguf"
  DeleteRegValue HKCU "${OWN_KEY}" "Command"
  StrCpy $0 "$INSTDIR"
  Call ${un}RemoveFromPath
  !insertmacro TELL_EXPLORER
FunctionEnd
!macroend

!insertmacro FORGETTING ""
!insertmacro FORGETTING "un."

Function un.Unregister
  Delete "$SMPROGRAMS\${NAME}.lnk"
  Delete "$DESKTOP\${NAME}.lnk"
  DeleteRegKey HKCU "${APP_PATHS}"
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  DeleteRegKey HKCU "${OWN_KEY}"
FunctionEnd
