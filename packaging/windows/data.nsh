; The uninstaller's page about chats and models, and what is ticked there. Without the page (silent) nothing is ticked.

Var DataFolder
Var ChatsBox
Var ModelsBox
Var DeleteChats
Var DeleteModels

; Where app/paths.py puts the data.
Function un.FindData
  ReadEnvStr $DataFolder "CHATBELLE_HOME"
  ${If} $DataFolder == ""
    StrCpy $DataFolder "$LOCALAPPDATA\${NAME}"
    ${If} ${FileExists} "$INSTDIR\data\*.*"
      StrCpy $DataFolder "$INSTDIR\data"
    ${EndIf}
  ${EndIf}
FunctionEnd

Function un.AskAboutData
  Call un.FindData
  ${IfNot} ${FileExists} "$DataFolder\*.*"
    Abort ; no data, no page
  ${EndIf}
  !insertmacro MUI_HEADER_TEXT "$(DATA_TITLE)" "$(DATA_SUBTITLE)"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateLabel} 0 0 100% 12u "$(DATA_WHERE)"
  Pop $0
  ${NSD_CreateText} 0 12u 100% 14u "$DataFolder"
  Pop $0
  SendMessage $0 ${EM_SETREADONLY} 1 0
  ${NSD_CreateCheckbox} 0 36u 100% 12u "$(DATA_CHATS)"
  Pop $ChatsBox
  ${NSD_SetState} $ChatsBox $DeleteChats
  ${NSD_CreateCheckbox} 0 52u 100% 12u "$(DATA_MODELS)"
  Pop $ModelsBox
  ${NSD_SetState} $ModelsBox $DeleteModels
  ${NSD_CreateLabel} 0 76u 100% 40u "$(DATA_ELSEWHERE)"
  Pop $0
  nsDialogs::Show
FunctionEnd

Function un.NoteAnswers
  ${NSD_GetState} $ChatsBox $DeleteChats
  ${NSD_GetState} $ModelsBox $DeleteModels
FunctionEnd

; Only names that ChatBELLE gives: the folder may be one that holds other things too.
Function un.RemoveData
  ${If} $DataFolder == "" ; nobody was asked
    Return
  ${EndIf}
  ${If} $DeleteChats = 1
    Delete "$DataFolder\chats*.db*"
    Delete "$DataFolder\settings.json*"
    Delete "$DataFolder\setup.json*"
    Delete "$DataFolder\loading.json*"
    Delete "$DataFolder\trials.json*"
    Delete "$DataFolder\learned_hashes.json*"
    Delete "$DataFolder\connections.jsonl*"
    Delete "$DataFolder\show-window"
    Delete "$DataFolder\window.lock"
    Push "$DataFolder\logs"
    Call un.DeleteTree
  ${EndIf}
  ${If} $DeleteModels = 1
    Push "$DataFolder\models"
    Call un.DeleteTree
  ${EndIf}
  RMDir "$DataFolder"
  ${If} $DeleteModels = 1
  ${AndIf} ${FileExists} "$DataFolder\models\*.*"
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(DATA_LEFT)" /SD IDOK
  ${EndIf}
FunctionEnd

; A folder with all that is in it. Of a link to another folder only the link goes (RMDir /r would follow it).
Function un.DeleteTree
  Exch $R0
  Push $R1
  Push $R2
  System::Call 'kernel32::GetFileAttributesW(w R0) i .R1'
  ${If} $R1 <> -1
    IntOp $R1 $R1 & 0x400
    ${If} $R1 = 0
      FindFirst $R1 $R2 "$R0\*"
      ${DoWhile} $R2 != ""
        ${If} $R2 != "."
        ${AndIf} $R2 != ".."
          ${If} ${FileExists} "$R0\$R2\*.*"
            Push "$R0\$R2"
            Call un.DeleteTree
          ${Else}
            SetFileAttributes "$R0\$R2" NORMAL
            Delete "$R0\$R2"
          ${EndIf}
        ${EndIf}
        FindNext $R1 $R2
      ${Loop}
      FindClose $R1
    ${EndIf}
    RMDir "$R0"
  ${EndIf}
  Pop $R2
  Pop $R1
  Pop $R0
FunctionEnd
