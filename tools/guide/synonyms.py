"""Words that users swap for one another in questions; every group is interchangeable in both directions."""

ZH_TEXT = """
怎么 如何 怎样 咋 怎么样才能
怎么办 咋办 咋整 如何解决 怎么解决 怎么处理 该怎么弄 有什么办法
为什么 为啥 为何 怎么会 什么原因 干嘛
能不能 可以不可以 可不可以 能否 是否可以 行不行
可以 能 能够
什么 啥
是什么 是啥 指什么 什么意思 是什么意思 啥意思 是个啥
在哪里 在哪儿 在哪 在什么地方 在什么位置 哪里可以找到
多少 多大 几多
需要 要 得 必须
想 想要 打算 希望 准备
电脑 计算机 机器 设备 笔记本 主机
软件 程序 应用 app 客户端 这个软件 本软件
内存 运行内存 RAM 内存条
硬盘 磁盘 盘 存储
空间 容量 地方
显卡 GPU 独显 显示卡 N卡 图形卡
处理器 CPU 中央处理器
模型 大模型 语言模型 model
权重 权重文件 模型文件 模型权重
文件 档案
文件夹 目录 路径 folder
下载 下 拉取 获取 download
安装 装 装上 install
卸载 删掉软件 移除软件 卸掉
删除 删掉 清除 移除 去掉 删了
恢复 找回 还原 撤销 撤回
打开 开启 启动 运行
关闭 关掉 关了 退出
启用 打开 开启 用上
停止 中断 终止 打断 停下 停
继续 接着 续上
修改 更改 改 调整 设置 调 换
更换 换 切换 改成 换成
选择 选 挑 挑选
推荐 建议 适合 首选
导出 保存出来 另存 输出成文件
导入 载入进来 读进来 加进来 添加
加载 载入 读取 装载 load
转换 转 转成 变成 转化 转为
量化 quantize 压缩
解密 解开 破解 解码
加密 锁住 上锁
密钥 密钥文件 key 钥匙 秘钥
搜索 查找 搜 找 检索 查
聊天记录 对话记录 历史记录 聊天历史 历史对话 会话记录
对话 聊天 会话 谈话
新建 新开 开一个新的 另起 创建
发送 发出去 发 提交
复制 拷贝 copy
重新生成 重新回答 再答一次 重答 换个回答
回答 回复 答案 应答 输出
提问 问 发问 问问题
速度 快慢 速率
慢 很慢 太慢 好慢 慢吞吞 不快
快 更快 快一点 快些
卡死 死机 假死 卡住 冻住 没反应 无响应 卡了
崩溃 闪退 崩了 奔溃 自动退出 挂了
报错 出错 错误 提示错误 error
失败 不成功 没成功 出问题
不行 不好使 没用 不起作用 不管用
打不开 开不了 启动不了 无法打开 点不开
乱码 胡言乱语 乱七八糟的字 看不懂的字符
重复 一直重复 反复 循环 复读
界面 窗口 页面
设置 选项 偏好设置 配置
语言 界面语言
中文 汉语 简体中文 汉字
英文 英语 English
深色 暗色 黑色 夜间 黑暗 dark
浅色 亮色 白色 日间 light
主题 外观 皮肤 配色
字体 字 文字
字号 字体大小 文字大小 字的大小
大一点 放大 调大 变大 加大
小一点 缩小 调小 变小
快捷键 热键 键盘快捷键 组合键
侧边栏 侧栏 左边栏 边栏 左侧列表
换行 另起一行 下一行 回车换行
上下文 上下文长度 context
词元 token tokens
温度 temperature 随机性
线程 线程数 threads 核心数
命令行 终端 控制台 cmd terminal
联网 上网 网络 连网 有网
离线 断网 没网 不联网 没有网络
隐私 隐私安全 个人信息 数据安全
泄露 外传 上传 传出去 发出去
数据 资料 信息
免费 不要钱 不收费 不花钱
收费 花钱 要钱 付费
商用 商业用途 商业使用 拿来赚钱 盈利
许可证 许可 协议 授权 license
开源 公开源码 源代码公开
账号 帐号 账户 登录 注册
更新 升级 新版本 update
版本 版本号 version
代理 梯子 proxy VPN
镜像 镜像站 国内源
断点续传 接着下载 继续下载
区别 不同 差别 差异 哪里不一样
哪个好 哪个更好 选哪个 用哪个 挑哪个
支持 兼容 能用 认
格式 文件格式 类型 后缀
手机 安卓 iPhone 平板
苹果电脑 Mac macOS 苹果系统 MacBook
Windows win10 win11 微软系统
Linux Ubuntu 乌班图
多久 多长时间 几分钟 要等多久
大小 体积 占多大
位置 地方 存放位置
备份 备一份 做备份
迁移 搬到 转移到 换到
你好 您好 嗨 哈喽
谢谢 多谢 感谢 谢啦
再见 拜拜 回见 下次见
你 您
我 俺 本人 我这边
吗 么 嘛
只有 才 就 仅有
不够 不足 太小 太少 不太够
老 旧 老旧 过时
最 特别 非常
很 非常 特别 挺
现在 目前 当前
"""

EN_TEXT = """
how do i|how can i|how to|what's the way to|how would i|is there a way to|how should i|how does one
can i|may i|am i able to|is it possible to|could i|am i allowed to
what is|what's|what does it mean|meaning of|explain|define|tell me about
where is|where's|where are|where can i find|where do i find|in which place is|location of
why is|why's|how come|what makes|what is the reason
how much|how many|what amount of
do i need|is it necessary to have|must i have|do i have to have|should i have
i want to|i would like to|i'd like to|i wish to|i need to|trying to|let me
app|application|program|software|tool|chatbelle
computer|pc|machine|laptop|desktop|device|notebook|box|system
memory|ram|system memory
disk|drive|hard disk|ssd|hard drive|storage
space|room|capacity
graphics card|gpu|video card|nvidia|graphics
processor|cpu|chip
model|language model|llm|ai model|neural net
models|language models|llms
weights|model weights|weight files|checkpoint|model files
file|document
folder|directory|path|dir
download|fetch|get|pull|grab
downloading|fetching|getting|pulling
install|set up|put on|installing
uninstall|remove the app|get rid of the app
delete|remove|erase|get rid of|trash|discard|clear
deleted|removed|erased|trashed|threw away
restore|recover|undo|bring back|get back|undelete
open|launch|start|run|fire up
close|quit|exit|shut down
enable|turn on|activate|switch on|use
disable|turn off|deactivate|switch off
stop|interrupt|abort|cancel|halt|end
continue|resume|go on|carry on|keep going
change|modify|adjust|set|alter|edit|tweak|configure
switch|change|swap|toggle
choose|pick|select|take|go for
recommend|suggest|advise|propose
recommended|best|suggested|ideal|preferred
export|save out|save|output|dump
import|bring in|load in|read in|add
load|read in|open
loading|reading in|opening
convert|turn|transform|change|translate
conversion|converting|transformation
quantization|quantisation|quant|compression
decrypt|unlock|decode|decipher
encrypted|locked|enciphered|scrambled
key file|key|decryption key|secret file
search|find|look for|look up|locate|seek
chat history|conversation history|past chats|old chats|earlier conversations|chat log|previous conversations
chat|conversation|dialogue|discussion|thread|session
chats|conversations|dialogues|threads|sessions
new|fresh|another|blank
create|make|begin|start
send|submit|post
copy|duplicate|clipboard
regenerate|redo|retry|answer again|try again
answer|reply|response|output
answers|replies|responses|outputs
question|message|prompt|query
speed|pace|rate|performance
slow|sluggish|laggy|not fast|crawling
fast|quick|speedy|rapid
faster|quicker|speedier|more quickly
freezes|hangs|locks up|gets stuck|stalls|stops responding|becomes unresponsive
crash|crashes|closes by itself|dies|quits unexpectedly|blows up
crashed|died|quit unexpectedly|closed by itself
error|failure|fault|problem|issue
fails|does not work|won't work|doesn't work|breaks|is broken
failed|did not work|didn't work|broke
broken|damaged|corrupt|corrupted
fix|solve|repair|resolve|sort out
gibberish|garbage|nonsense|garbled text|random characters
repeats|keeps repeating|loops|says the same thing
window|screen|interface|ui
settings|preferences|options|configuration
language|interface language|display language
chinese|mandarin|zh
dark|night|black
light|bright|white|day
theme|appearance|colour scheme|look
font|text|letters
text size|font size|size of the letters|letter size
bigger|larger|enlarge|increase
smaller|reduce|decrease|shrink
shortcut|hotkey|keyboard shortcut|key combination|keybinding
shortcuts|hotkeys|keyboard shortcuts|key combinations|keybindings
sidebar|side panel|side bar|left panel|chat list
new line|line break|newline|next line
context length|context size|context window|context
tokens|token
temperature|randomness|creativity
threads|cpu threads|cores|thread count
command line|terminal|console|shell|cli|cmd
internet|network|online|web|wifi
offline|without internet|no connection|disconnected
private|confidential|secret|secure
privacy|confidentiality|data protection
data|information|content
upload|transmit|leak
free|gratis|no cost|free of charge
pay|cost|charge|price|fee
commercial|business|for profit|in a company
commercially|for business|for profit|to make money
licence|license|terms|permission
open source|open-source|source code public
account|login|sign up|registration|registering
update|upgrade|newer version
version|release|build
proxy|vpn|firewall
mirror|mirror site|alternative site
difference|differences|distinction|what differs
compare|versus|vs|against
better|preferable|superior|nicer
support|handle|accept|work with|understand
supported|accepted|compatible|handled
format|file type|extension|kind of file
formats|file types|extensions
phone|mobile|android|iphone|tablet
mac|macbook|macos|apple computer
windows|win10|win11|windows 11
linux|ubuntu|debian|fedora
how long|how much time|how many minutes
size|file size|weight|footprint
stored|saved|kept|located|placed
store|save|keep|put
backup|back up|safety copy
move|transfer|migrate|relocate
hello|hi|hey|hiya|greetings
thanks|thank you|thx|cheers|much appreciated
bye|goodbye|see you|farewell|cya
enough|sufficient|adequate
old|older|outdated|aged
required|needed|necessary|demanded
requirements|needs|demands|specs
only have|just have|have only|have merely|got only
built-in|builtin|bundled|included
guide|assistant|helper
tiny|small|mini|little
show|display|view|see
hide|collapse|conceal
folder|location
rename|change the name of|give another name to
picture|image|photo
"""

ZH_GROUPS: list[list[str]] = [line.split() for line in ZH_TEXT.strip().splitlines()]
EN_GROUPS: list[list[str]] = [line.split("|") for line in EN_TEXT.strip().splitlines()]

ZH_PREFIXES = """请问 请问一下 你好， 您好， 我想问下 想问一下， 想请教一下， 那个， 麻烦问下， 帮我看看， 请教 求助： 小白问一句， 请告诉我
不好意思， 大佬， 嗨， 问一下 我想知道 请解释一下 能说说 各位， 急， 诶， 话说， 顺便问下， 第一次用， 我是新手， 老师， 哈喽，""".split()
ZH_SUFFIXES = """谢谢 ，谢谢 ，谢谢你 呢 啊 呀 ？谢谢！ ，求解 ，急 ，在线等 ，请指教 ，帮帮我 ，不太懂 ，求教 ，怎么弄 ，说一下 。。。 吧 ，该怎么办
，麻烦了 ？？ ！ ， 哦 ，是不是 ，请说明 ，请详细说说 ，能告诉我吗 ，我不明白 ，拜托""".split()
EN_PREFIXES = [
    "please ", "hi, ", "hello, ", "hey, ", "excuse me, ", "quick question: ", "could you tell me ", "can you tell me ",
    "i'd like to know ", "i was wondering, ", "sorry, ", "question: ", "please tell me, ", "so ", "um, ", "ok, ",
    "just wondering, ", "help! ", "i am new here, ", "one more thing: ", "dear assistant, ", "do you know ", "well, ",
    "please explain ", "newbie here: ", "also, ", "and ", "tell me ", "actually ", "btw ",
]  # fmt: skip
EN_SUFFIXES = [
    " please", ", please", " thanks", ", thanks", "? thank you", ", thank you!", "?", "??", "!", " in this app",
    " with this program", " here", ", help", " i don't get it", ", any idea?", ", right?", "...", " exactly", " anyway",
    " on my computer", ", can you explain", ", i am confused", " in chatbelle", " actually", ", what should i do",
    ", is that ok", " for me", " now", ", tell me", " thx",
]  # fmt: skip
