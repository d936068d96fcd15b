; ChatBELLE's installer for Windows: for the user who starts it, without an administrator. UTF-8.
;
; makensis -WX -INPUTCHARSET UTF8 -DVERSION=0.1.0 -DVERSION4=0.1.0.0 -DPAYLOAD=FOLDER -DLIST=FILE -DLONGEST=90 -DSIZE_KB=200000
;          -DSIZE_MB=200 -DICON=FILE -DOUT=FILE chatbelle.nsi       (windows/installer.py does it)
;
; /S installs silently, /D=FOLDER (last, unquoted) chooses the folder, /DESKTOP=0 /GGUF=0 /COMMAND=0 leave a part out.
; uninstall.exe /S removes the program silently and always keeps chats, settings and models.
; Exit codes: 0 done, 1 cancelled, 2 could not be done (in use, folder not writable, no space).

!if /FileExists "${NSISDIR}/Stubs/lzma_solid-amd64-unicode"
  Target amd64-unicode
!else
  Unicode true ; NSIS for Windows has 32-bit stubs only: they do the same here
!endif

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include WinVer.nsh
!include x64.nsh
!include nsDialogs.nsh

!define NAME "ChatBELLE"
!define EXE "ChatBELLE.exe"
!define CONSOLE "chatbelle.com"
!define LIST_NAME "installed-files.txt"
!define STAGING ".new"
!define OWN_KEY "Software\${NAME}"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"
!define ALREADY_EXISTS 183
!define EARLIEST_BUILD 17763 ; Windows 10 1809: what Qt needs

Name "${NAME}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${OWN_KEY}" "InstallDir"
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetDatablockOptimize on
AllowSkipFiles off
CRCCheck force
ShowInstDetails nevershow
ShowUninstDetails nevershow
ManifestDPIAware true
ManifestLongPathAware true
ManifestSupportedOS Win10
BrandingText "${NAME} ${VERSION}"

VIProductVersion "${VERSION4}"
VIFileVersion "${VERSION4}"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_COMPONENTSPAGE_SMALLDESC
!define MUI_WELCOMEPAGE_TEXT "$(WELCOME_TEXT)"
!define MUI_FINISHPAGE_RUN "$INSTDIR\${EXE}"
!ifdef WELCOME
  !define MUI_WELCOMEFINISHPAGE_BITMAP "${WELCOME}"
  !define MUI_UNWELCOMEFINISHPAGE_BITMAP "${WELCOME}"
!endif

!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_COMPONENTS
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE CheckFolder
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH

!insertmacro MUI_UNPAGE_CONFIRM
UninstPage custom un.AskAboutData un.NoteAnswers
!insertmacro MUI_UNPAGE_INSTFILES

!insertmacro MUI_LANGUAGE "English" ; the first serves every language that is not here
!insertmacro MUI_LANGUAGE "SimpChinese"
!include "texts.nsh"
!insertmacro VERSION_TEXTS ${LANG_ENGLISH} "ChatBELLE Setup" "Copyright 2026 The ChatBELLE contributors. Apache License 2.0."
!insertmacro VERSION_TEXTS ${LANG_SIMPCHINESE} "ChatBELLE 安装程序" "版权所有 2026 ChatBELLE 贡献者。Apache 许可证 2.0。"
!include "path.nsh"
!include "files.nsh"
!include "registry.nsh"
!include "data.nsh"

!ifdef SIGN
  !finalize '${SIGN} "%1"' = 0
  !uninstfinalize '${SIGN} "%1"' = 0
!endif

; --- installing ---------------------------------------------------------------------------------------------

Var Before ; the folder that an earlier version was installed in, or ""

Section "${NAME}" SEC_APP
  SectionIn RO
  Call CheckFolder
  StrCpy $9 "$INSTDIR"
  Call WaitUntilClosed
  RMDir /r "$INSTDIR\${STAGING}" ; of an installation that was cut off
  SetOutPath "$INSTDIR\${STAGING}"
  File /r "${PAYLOAD}/*"
  File "/oname=${LIST_NAME}" "${LIST}"
  SetOutPath "$INSTDIR" ; no folder may be in use that is to be moved
  ; All that is new is on the disk; the old version was whole until here.
  StrCpy $9 "$INSTDIR"
  Call RemoveListed
  Call MoveIn
  WriteUninstaller "$INSTDIR\uninstall.exe"
  ${If} $Before != ""
  ${AndIf} $Before != "$INSTDIR"
    StrCpy $9 "$Before"
    Call RemoveOther
  ${EndIf}
  Call ForgetParts
  Call ForgetDesktop
  Call Register
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${EXE}" "" "" "" "" "" "$(SHORTCUT_COMMENT)"
SectionEnd

Section "$(PART_DESKTOP)" SEC_DESKTOP
  CreateShortcut "$DESKTOP\${NAME}.lnk" "$INSTDIR\${EXE}" "" "" "" "" "" "$(SHORTCUT_COMMENT)"
  WriteRegDWORD HKCU "${OWN_KEY}" "Desktop" 1
SectionEnd

Section "$(PART_GGUF)" SEC_GGUF
  Call RegisterFiles
  WriteRegDWORD HKCU "${OWN_KEY}" "Gguf" 1
SectionEnd

Section "$(PART_COMMAND)" SEC_COMMAND
  StrCpy $0 "$INSTDIR"
  Call AddToPath
  WriteRegDWORD HKCU "${OWN_KEY}" "Command" 1
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${SEC_APP} "$(ABOUT_APP)"
  !insertmacro MUI_DESCRIPTION_TEXT ${SEC_DESKTOP} "$(ABOUT_DESKTOP)"
  !insertmacro MUI_DESCRIPTION_TEXT ${SEC_GGUF} "$(ABOUT_GGUF)"
  !insertmacro MUI_DESCRIPTION_TEXT ${SEC_COMMAND} "$(ABOUT_COMMAND)"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

; Only if it is no longer wanted: one that stays keeps its place on the desktop.
Function ForgetDesktop
  ${IfNot} ${SectionIsSelected} ${SEC_DESKTOP}
    Delete "$DESKTOP\${NAME}.lnk"
  ${EndIf}
FunctionEnd

; A part is chosen as on the command line, else as the last time, else it is.
!macro CHOOSE SECTION OPTION VALUE
  ReadRegDWORD $1 HKCU "${OWN_KEY}" "${VALUE}"
  ${If} $Before == ""
    StrCpy $1 1
  ${EndIf}
  ClearErrors
  ${GetOptions} "$R0" "/${OPTION}=" $2
  ${IfNot} ${Errors}
    StrCpy $1 $2
  ${EndIf}
  ${If} $1 = 1
    !insertmacro SelectSection ${SECTION}
  ${Else}
    !insertmacro UnselectSection ${SECTION}
  ${EndIf}
!macroend

; Two of them at once, or one and the uninstaller, would undo each other's work.
!macro ONLY_ONE
  System::Call 'kernel32::CreateMutexW(p 0, i 1, w "${NAME} setup") p .r0 ?e'
  Pop $1
  ${If} $1 = ${ALREADY_EXISTS}
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(SETUP_RUNS)" /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
!macroend

Function un.onInit
  !insertmacro ONLY_ONE
FunctionEnd

Function .onInit
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastBuild} ${EARLIEST_BUILD}
    MessageBox MB_OK|MB_ICONSTOP "$(WINDOWS_TOO_OLD)" /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
  !insertmacro ONLY_ONE
  ReadRegStr $Before HKCU "${OWN_KEY}" "InstallDir"
  ${GetParameters} $R0
  !insertmacro CHOOSE ${SEC_DESKTOP} "DESKTOP" "Desktop"
  !insertmacro CHOOSE ${SEC_GGUF} "GGUF" "Gguf"
  !insertmacro CHOOSE ${SEC_COMMAND} "COMMAND" "Command"
  ReadRegStr $0 HKCU "${UNINSTALL_KEY}" "DisplayVersion"
  ${If} $0 != ""
    ${VersionCompare} "$0" "${VERSION}" $1
    ${If} $1 = 1
      MessageBox MB_YESNO|MB_ICONQUESTION "$(NEWER_IS_THERE)" /SD IDYES IDYES go_on
      SetErrorLevel 1
      Quit
      go_on:
    ${EndIf}
  ${EndIf}
FunctionEnd

Function .onInstFailed
  SetOutPath "$TEMP"
  RMDir /r "$INSTDIR\${STAGING}"
  RMDir "$INSTDIR"
FunctionEnd

; --- removing -----------------------------------------------------------------------------------------------

Section "un.${NAME}"
  StrCpy $9 "$INSTDIR"
  Call un.WaitUntilClosed
  SetOutPath "$TEMP" ; so that no folder that goes is in use
  Call un.RemoveListed
  RMDir /r "$INSTDIR\${STAGING}"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  StrCpy $0 "$INSTDIR"
  Call un.RemoveFromPath
  ReadRegStr $0 HKCU "${OWN_KEY}" "InstallDir"
  ${If} $0 == "$INSTDIR" ; else another installation is the one that is registered
    Call un.ForgetParts
    Call un.Unregister
  ${EndIf}
  Call un.RemoveData
SectionEnd
