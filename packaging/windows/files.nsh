; The program's files. The list that lies beside them (UTF-16LE, no mark, folders first and ending in "\") names what was
; installed: this and nothing else is removed, by the uninstaller and before a new version.

!macro LISTED un
; $9: folder. The files of its list, then the folders that are empty without them.
Function ${un}RemoveListed
  ClearErrors
  FileOpen $0 "$9\${LIST_NAME}" r
  ${If} ${Errors}
    Return
  ${EndIf}
  Push "" ; below the folders
  ${Do}
    Call ${un}NextListed
    ${If} $1 == ""
      ${ExitDo}
    ${EndIf}
    StrCpy $2 $1 1 -1
    ${If} $2 == "\"
      StrCpy $1 $1 -1
      Push "$9\$1"
    ${Else}
      Delete "$9\$1"
    ${EndIf}
  ${Loop}
  FileClose $0
  ${Do}
    Pop $1
    ${If} $1 == ""
      ${ExitDo}
    ${EndIf}
    RMDir "$1"
  ${Loop}
  Delete "$9\${LIST_NAME}"
  ClearErrors
FunctionEnd

; $0: the open list. $1: its next entry without the line's end, "" after the last. One that leads out of the folder ends it.
Function ${un}NextListed
  ClearErrors
  FileReadUTF16LE $0 $1
  ${If} ${Errors}
    StrCpy $1 ""
    Return
  ${EndIf}
  ${Do}
    StrCpy $2 $1 1 -1
    ${If} $2 == "$\r"
    ${OrIf} $2 == "$\n"
      StrCpy $1 $1 -1
    ${Else}
      ${ExitDo}
    ${EndIf}
  ${Loop}
  StrCpy $2 $1 1
  StrCpy $3 $1 1 1
  System::Call 'shlwapi::StrStrW(w r1, w "..\") p .r4'
  ${If} $2 == "\"
  ${OrIf} $3 == ":"
  ${OrIf} $4 != 0
    StrCpy $1 ""
  ${EndIf}
FunctionEnd

; $9: folder. Returns when neither program in it runs; ends the installation if the person gives up.
Function ${un}WaitUntilClosed
  StrCpy $8 0
  ${Do}
    StrCpy $7 0
    StrCpy $6 "$9\${EXE}"
    Call ${un}LookIfInUse
    StrCpy $6 "$9\${CONSOLE}"
    Call ${un}LookIfInUse
    ${If} $7 = 0
      ${ExitDo}
    ${EndIf}
    IntOp $8 $8 + 1
    ${If} $8 < 10 ; a window that is just closing, a virus scanner
      Sleep 300
    ${Else}
      StrCpy $8 0
      ${If} ${Cmd} `MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(STILL_RUNNING)" /SD IDCANCEL IDCANCEL`
        SetErrorLevel 2
        Abort
      ${EndIf}
    ${EndIf}
  ${Loop}
FunctionEnd

; $6: file. $7 becomes 1 if it is there and cannot be written: Windows keeps a running program's file.
Function ${un}LookIfInUse
  ${If} ${FileExists} "$6"
    ClearErrors
    FileOpen $5 "$6" a
    ${If} ${Errors}
      StrCpy $7 1
    ${Else}
      FileClose $5
    ${EndIf}
  ${EndIf}
FunctionEnd
!macroend

!insertmacro LISTED ""
!insertmacro LISTED "un."

; Everything listed goes from the staging folder to its place.
Function MoveIn
  FileOpen $0 "$INSTDIR\${STAGING}\${LIST_NAME}" r
  ${Do}
    Call NextListed
    ${If} $1 == ""
      ${ExitDo}
    ${EndIf}
    StrCpy $2 $1 1 -1
    ${If} $2 == "\"
      CreateDirectory "$INSTDIR\$1"
    ${Else}
      StrCpy $R1 "$INSTDIR\${STAGING}\$1"
      StrCpy $R2 "$INSTDIR\$1"
      Call MoveFile
    ${EndIf}
  ${Loop}
  FileClose $0
  StrCpy $R1 "$INSTDIR\${STAGING}\${LIST_NAME}"
  StrCpy $R2 "$INSTDIR\${LIST_NAME}"
  Call MoveFile
  RMDir /r "$INSTDIR\${STAGING}"
FunctionEnd

; $R1 becomes $R2, in place of what is there. A virus scanner may hold it for a moment.
Function MoveFile
  StrCpy $R3 0
  ${Do}
    Delete "$R2"
    ClearErrors
    Rename "$R1" "$R2"
    ${IfNot} ${Errors}
      ${ExitDo}
    ${EndIf}
    IntOp $R3 $R3 + 1
    ${If} $R3 < 25
      Sleep 200
    ${Else}
      StrCpy $R3 0
      ${If} ${Cmd} `MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(CANNOT_REPLACE)" /SD IDCANCEL IDCANCEL`
        SetErrorLevel 2
        Abort
      ${EndIf}
    ${EndIf}
  ${Loop}
FunctionEnd

; $9: the folder of an earlier installation that is given up for this one.
Function RemoveOther
  Call WaitUntilClosed
  Call RemoveListed
  Delete "$9\uninstall.exe"
  RMDir "$9"
  StrCpy $0 "$9"
  Call RemoveFromPath
FunctionEnd

; Refuses a folder that cannot be written or makes paths that Windows' own programs cannot open.
Function CheckFolder
  StrCpy $0 "$INSTDIR" 1 -1
  ${If} $0 == "\"
    StrCpy $INSTDIR "$INSTDIR" -1
  ${EndIf}
  StrLen $0 "$INSTDIR\${STAGING}\"
  IntOp $0 $0 + ${LONGEST}
  ${If} $0 > 259
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(FOLDER_TOO_LONG)" /SD IDOK
    SetErrorLevel 2
    Abort
  ${EndIf}
  ClearErrors
  CreateDirectory "$INSTDIR"
  GetTempFileName $0 "$INSTDIR"
  ${If} ${Errors}
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(FOLDER_NOT_WRITABLE)" /SD IDOK
    SetErrorLevel 2
    Abort
  ${EndIf}
  Delete "$0"
FunctionEnd
