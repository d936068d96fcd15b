; What the installer and the uninstaller say beside NSIS's own sentences, in both languages.

!macro TEXT NAME ENGLISH CHINESE
  LangString ${NAME} ${LANG_ENGLISH} "${ENGLISH}"
  LangString ${NAME} ${LANG_SIMPCHINESE} "${CHINESE}"
!macroend

!macro VERSION_TEXTS LANGUAGE DESCRIPTION COPYRIGHT
  VIAddVersionKey /LANG=${LANGUAGE} "ProductName" "${NAME}"
  VIAddVersionKey /LANG=${LANGUAGE} "ProductVersion" "${VERSION}"
  VIAddVersionKey /LANG=${LANGUAGE} "CompanyName" "The ChatBELLE contributors"
  VIAddVersionKey /LANG=${LANGUAGE} "FileDescription" "${DESCRIPTION}"
  VIAddVersionKey /LANG=${LANGUAGE} "FileVersion" "${VERSION}"
  VIAddVersionKey /LANG=${LANGUAGE} "LegalCopyright" "${COPYRIGHT}"
!macroend

!insertmacro TEXT WELCOME_TEXT "ChatBELLE runs BELLE language models on this computer, offline. Nothing that you write leaves it.$\r$\n$\r$\nIt is installed for you alone; no administrator is needed. If an older version is there, it is replaced, and your chats, settings and models stay.$\r$\n$\r$\n$_CLICK" "ChatBELLE 在本机离线运行 BELLE 语言模型，您写的内容不会离开这台电脑。$\r$\n$\r$\n只为您自己安装，不需要管理员权限。如果已有旧版本，会替换它，并保留您的对话、设置和模型。$\r$\n$\r$\n$_CLICK"
!insertmacro TEXT PART_DESKTOP "Desktop shortcut" "桌面快捷方式"
!insertmacro TEXT PART_GGUF "Offer ChatBELLE for .gguf files" "打开 .gguf 文件时可选 ChatBELLE"
!insertmacro TEXT PART_COMMAND "The chatbelle command" "chatbelle 命令"

!insertmacro TEXT ABOUT_APP "The program with its built-in guide. About ${SIZE_MB} MB." "程序和内置向导，约 ${SIZE_MB} MB。"
!insertmacro TEXT ABOUT_DESKTOP "An icon on your desktop." "在桌面上放一个图标。"
!insertmacro TEXT ABOUT_GGUF "Adds ChatBELLE to “Open with” for model files. The program that opens them now stays as it is." "在模型文件的“打开方式”里加上 ChatBELLE，不改变现在的默认程序。"
!insertmacro TEXT ABOUT_COMMAND "Adds the program's folder to your PATH, so that “chatbelle” works in a terminal opened afterwards." "把程序文件夹加入您的 PATH，之后打开的终端里就能用“chatbelle”命令。"

!insertmacro TEXT SHORTCUT_COMMENT "Chat with BELLE models on this computer, offline" "在本机离线与 BELLE 模型对话"
!insertmacro TEXT GGUF_TYPE "Language model (GGUF)" "语言模型（GGUF）"

!insertmacro TEXT WINDOWS_TOO_OLD "ChatBELLE needs 64-bit Windows 10 (version 1809) or newer. Nothing was installed." "ChatBELLE 需要 64 位的 Windows 10（1809 版）或更新的系统。没有安装任何内容。"
!insertmacro TEXT SETUP_RUNS "ChatBELLE is just being installed or removed. Please wait until that has ended." "正在安装或卸载 ChatBELLE，请等它完成。"
!insertmacro TEXT NEWER_IS_THERE "A newer version ($0) is installed. An older one may not be able to read its chats. Install ${VERSION} all the same?" "已安装更新的版本（$0）。旧版本可能读不了它的对话。仍要安装 ${VERSION} 吗？"
!insertmacro TEXT FOLDER_TOO_LONG "The path of this folder is too long for Windows. Please choose a shorter one, for example D:\ChatBELLE." "此文件夹的路径对 Windows 来说太长了。请换一个短一些的，例如 D:\ChatBELLE。"
!insertmacro TEXT FOLDER_NOT_WRITABLE "You may not write to this folder. Please choose one of your own, for example below your user folder.$\r$\n$\r$\n$INSTDIR" "您没有权限写入此文件夹。请选一个自己的文件夹，例如用户文件夹里的。$\r$\n$\r$\n$INSTDIR"
!insertmacro TEXT STILL_RUNNING "ChatBELLE is running. Please close its window (and any terminal that runs chatbelle), then choose Retry." "ChatBELLE 正在运行。请关闭它的窗口（以及正在运行 chatbelle 的终端），然后点“重试”。"
!insertmacro TEXT CANNOT_REPLACE "This file is used by another program and cannot be replaced. Please close that program, then choose Retry.$\r$\n$\r$\n$R2" "此文件正被其他程序使用，无法替换。请关闭那个程序，然后点“重试”。$\r$\n$\r$\n$R2"

!insertmacro TEXT DATA_TITLE "Your chats and models" "您的对话和模型"
!insertmacro TEXT DATA_SUBTITLE "They stay unless you tick them here." "除非在这里勾选，否则都会保留。"
!insertmacro TEXT DATA_WHERE "They lie in:" "它们在："
!insertmacro TEXT DATA_CHATS "Also &delete my chats, settings and logs" "同时删除我的对话、设置和日志(&D)"
!insertmacro TEXT DATA_MODELS "Also delete the &models in this folder" "同时删除此文件夹里的模型(&M)"
!insertmacro TEXT DATA_ELSEWHERE "Models in other folders that you chose stay where they are; delete them yourself if you no longer need them. Deleted chats and models cannot be brought back." "放在您另外指定的文件夹里的模型会留在原处，不再需要时请自行删除。删除的对话和模型无法恢复。"
!insertmacro TEXT DATA_LEFT "Some files could not be deleted. They are still in:$\r$\n$\r$\n$DataFolder" "有些文件无法删除，仍在：$\r$\n$\r$\n$DataFolder"
