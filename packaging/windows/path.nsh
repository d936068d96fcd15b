; The user's PATH. It is read and written as it lies in the registry, in memory of our own: an NSIS string ends at 1,024
; characters and a PATH need not. A PATH that is no text is left alone.

!define HKCU_HANDLE -2147483647 ; HKEY_CURRENT_USER, right for 32 and 64 bits
!define READ_WRITE 0x2001F
!define MISSING 2

!macro PATH_READING un
; $1: the open key, 0 if PATH is to be left alone; $2: its type; $3: memory with ";PATH;" and room for one folder
Function ${un}ReadPath
  StrCpy $3 0
  System::Call 'advapi32::RegOpenKeyExW(p ${HKCU_HANDLE}, w "Environment", i 0, i ${READ_WRITE}, *p .r1) i .r4'
  ${If} $4 <> 0
    StrCpy $1 0
    Return
  ${EndIf}
  System::Call 'advapi32::RegQueryValueExW(p r1, w "Path", p 0, *i .r2, p 0, *i .r5) i .r4'
  ${If} $4 = ${MISSING}
    StrCpy $2 2 ; REG_EXPAND_SZ
    StrCpy $5 0
  ${ElseIf} $4 <> 0
  ${OrIf} $2 < 1
  ${OrIf} $2 > 2
    Call ${un}ClosePath
    StrCpy $1 0
    Return
  ${EndIf}
  IntOp $4 $5 + 4096
  System::Alloc $4
  Pop $3
  System::Call 'kernel32::lstrcpyW(p r3, w ";")'
  ${If} $5 > 0
    IntPtrOp $4 $3 + 2
    System::Call 'advapi32::RegQueryValueExW(p r1, w "Path", p 0, p 0, p r4, *i r5) i .r6'
    ${If} $6 <> 0
      Call ${un}ClosePath
      StrCpy $1 0
      Return
    ${EndIf}
  ${EndIf}
  System::Call 'kernel32::lstrcatW(p r3, w ";")'
FunctionEnd

Function ${un}ClosePath
  System::Call 'advapi32::RegCloseKey(p r1)'
  ${If} $3 != 0
    System::Free $3
    StrCpy $3 0
  ${EndIf}
FunctionEnd

; $4: the new PATH in memory
Function ${un}WritePath
  System::Call 'kernel32::lstrlenW(p r4) i .r5'
  IntOp $5 $5 + 1
  IntOp $5 $5 * 2
  System::Call 'advapi32::RegSetValueExW(p r1, w "Path", i 0, i r2, p r4, i r5) i .r6'
FunctionEnd

; New terminals get it from the Explorer, which must be told.
Function ${un}TellPath
  SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=2000
FunctionEnd
!macroend

!insertmacro PATH_READING ""
!insertmacro PATH_READING "un."

; $0: folder. Nothing happens if it is there.
Function AddToPath
  System::Call 'shlwapi::StrStrW(w r0, w ";") p .r4'
  ${If} $4 != 0 ; no PATH can hold such a folder
    Return
  ${EndIf}
  Call ReadPath
  ${If} $1 == 0
    Return
  ${EndIf}
  StrCpy $6 ";$0;"
  System::Call 'shlwapi::StrStrIW(p r3, w r6) p .r4'
  ${If} $4 == 0
    System::Call 'kernel32::lstrlenW(p r3) i .r5'
    IntOp $5 $5 - 2
    IntOp $5 $5 * 2
    IntPtrOp $5 $3 + $5
    System::Call 'shlwapi::StrCmpW(p r5, w ";;") i .r6'
    ${If} $6 = 0 ; PATH is empty or ends in its own separator
      System::Call '*$5(&i2 59, &i2 0)'
    ${EndIf}
    System::Call 'kernel32::lstrcatW(p r3, w r0)'
    IntPtrOp $4 $3 + 2
    Call WritePath
    Call TellPath
  ${EndIf}
  Call ClosePath
FunctionEnd

!macro PATH_REMOVING un
; $0: folder. Every entry that is this folder goes, nothing else changes.
Function ${un}RemoveFromPath
  Call ${un}ReadPath
  ${If} $1 == 0
    Return
  ${EndIf}
  StrCpy $6 ";$0;"
  StrCpy $8 0
  ${Do}
    System::Call 'shlwapi::StrStrIW(p r3, w r6) p .r4'
    ${If} $4 == 0
      ${ExitDo}
    ${EndIf}
    StrLen $5 "$0"
    IntOp $5 $5 + 1
    IntOp $5 $5 * 2
    IntPtrOp $5 $4 + $5 ; the separator after the folder
    System::Call 'kernel32::lstrlenW(p r5) i .r7'
    IntOp $7 $7 + 1
    IntOp $7 $7 * 2
    System::Call 'kernel32::RtlMoveMemory(p r4, p r5, p r7)'
    StrCpy $8 1
  ${Loop}
  ${If} $8 = 1
    IntPtrOp $4 $3 + 2
    System::Call 'kernel32::lstrlenW(p r4) i .r5'
    ${If} $5 = 0
      System::Call 'advapi32::RegDeleteValueW(p r1, w "Path")'
    ${Else}
      IntOp $5 $5 - 1
      IntOp $5 $5 * 2
      IntPtrOp $5 $4 + $5
      System::Call '*$5(&i2 0)' ; the separator that we read it with
      Call ${un}WritePath
    ${EndIf}
    Call ${un}TellPath
  ${EndIf}
  Call ${un}ClosePath
FunctionEnd
!macroend

!insertmacro PATH_REMOVING ""
!insertmacro PATH_REMOVING "un."
