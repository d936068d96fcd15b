<?xml version='1.0' encoding='utf-8'?>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AnswerMessage</name>
    <message>
        <source>Built-in guide</source>
        <translation>内置向导</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>重新回答</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Go on writing</source>
        <translation>接着写</translation>
    </message>
    <message>
        <source>answering…</source>
        <translation>正在回答…</translation>
    </message>
</context>
<context>
    <name>AnswerPage</name>
    <message>
        <source>{name} is ready</source>
        <translation>{name} 可以用了</translation>
    </message>
    <message>
        <source>It has just answered its first question, on this computer and without any connection.</source>
        <translation>它刚刚在这台电脑上回答了第一个问题，没有用到网络。</translation>
    </message>
    <message>
        <source>It is in the library. It was not asked anything yet.</source>
        <translation>它已经在模型库里，还没有试着提问。</translation>
    </message>
    <message>
        <source>Start chatting</source>
        <translation>开始聊天</translation>
    </message>
    <message>
        <source>Set up another model</source>
        <translation>再准备一个模型</translation>
    </message>
</context>
<context>
    <name>AttachmentChip</name>
    <message>
        <source>File {name}</source>
        <translation>文件 {name}</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>移除 {name}</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>Cli</name>
    <message>
        <source>Runs BELLE language models on this computer, offline. Without a command: the window.</source>
        <translation>在这台电脑上离线运行 BELLE 语言模型。不带命令时打开窗口。</translation>
    </message>
    <message>
        <source>ask a question, or chat in the terminal</source>
        <translation>提一个问题，或在终端里聊天</translation>
    </message>
    <message>
        <source>guide (the built-in one), an installed model by id or name, or the path of a GGUF file</source>
        <translation>guide（内置的）、已安装模型的编号或名称，或一个 GGUF 文件的路径</translation>
    </message>
    <message>
        <source>the question; without it an interactive chat starts</source>
        <translation>问题；不写就进入交互聊天</translation>
    </message>
    <message>
        <source>a system prompt</source>
        <translation>系统提示</translation>
    </message>
    <message>
        <source>longest answer, in tokens</source>
        <translation>最长回答，单位为词元</translation>
    </message>
    <message>
        <source>0 always takes the likeliest token</source>
        <translation>0 表示总取概率最高的词元</translation>
    </message>
    <message>
        <source>makes a random answer repeatable</source>
        <translation>让随机的回答可以重现</translation>
    </message>
    <message>
        <source>use the prompt as it is, without the model's template</source>
        <translation>原样使用提示，不套用模型的模板</translation>
    </message>
    <message>
        <source>print one JSON object: text, tokens, prompt_tokens, stats</source>
        <translation>输出一个 JSON 对象：text、tokens、prompt_tokens、stats</translation>
    </message>
    <message>
        <source>print the answer when it is complete</source>
        <translation>回答完整后再输出</translation>
    </message>
    <message>
        <source>check that this installation works</source>
        <translation>检查这份安装是否正常</translation>
    </message>
    <message>
        <source>show the log on stderr</source>
        <translation>在 stderr 显示日志</translation>
    </message>
    <message>
        <source>--json and --raw need --prompt</source>
        <translation>--json 和 --raw 需要同时给出 --prompt</translation>
    </message>
    <message>
        <source>Chatting with {name}. /new starts over, Ctrl-C stops an answer, /quit ends.</source>
        <translation>正在和 {name} 聊天。/new 重新开始，Ctrl-C 停止回答，/quit 退出。</translation>
    </message>
    <message>
        <source>This is a small built-in guide to the app, not BELLE.</source>
        <translation>这是介绍本应用的内置向导（小模型），不是 BELLE。</translation>
    </message>
    <message>
        <source>(Earlier turns no longer fit.)</source>
        <translation>（较早的对话放不下了。）</translation>
    </message>
    <message>
        <source>(A new chat.)</source>
        <translation>（新对话。）</translation>
    </message>
    <message>
        <source>(Ctrl-C again ends.)</source>
        <translation>（再按一次 Ctrl-C 退出。）</translation>
    </message>
    <message>
        <source>also write what is found to this file</source>
        <translation>同时把结果写入这个文件</translation>
    </message>
    <message>
        <source>open the window on the screen, not in memory</source>
        <translation>在屏幕上打开窗口，而不是在内存里</translation>
    </message>
    <message>
        <source>program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>look for the app's files</source>
        <translation>查找应用自带的文件</translation>
    </message>
    <message>
        <source>load every part</source>
        <translation>加载每个部分</translation>
    </message>
    <message>
        <source>start llama.cpp</source>
        <translation>启动 llama.cpp</translation>
    </message>
    <message>
        <source>load the built-in guide</source>
        <translation>载入内置向导</translation>
    </message>
    <message>
        <source>answer in Chinese</source>
        <translation>用中文回答</translation>
    </message>
    <message>
        <source>answer in English</source>
        <translation>用英文回答</translation>
    </message>
    <message>
        <source>write and read a chat</source>
        <translation>写入并读取一段对话</translation>
    </message>
    <message>
        <source>convert a model</source>
        <translation>转换一个模型</translation>
    </message>
    <message>
        <source>try it in a process of its own</source>
        <translation>在单独的进程里试用它</translation>
    </message>
    <message>
        <source>open and close the window</source>
        <translation>打开并关闭窗口</translation>
    </message>
    <message>
        <source>look for a graphics card</source>
        <translation>查找显卡</translation>
    </message>
    <message>
        <source>ok</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>FAILED</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>note</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Loading {name}: {percent} %</source>
        <translation>正在载入 {name}：{percent} %</translation>
    </message>
    <message>
        <source>{label}: {value}</source>
        <translation>{label}：{value}</translation>
    </message>
    <message>
        <source>say what a file or folder of weights is and what it needs</source>
        <translation>说明权重文件或文件夹是什么、还缺什么</translation>
    </message>
    <message>
        <source>decrypt BELLE's .enc files with Meta's original LLaMA file</source>
        <translation>用 Meta 的 LLaMA 原始文件解密 BELLE 的 .enc 文件</translation>
    </message>
    <message>
        <source>turn weights into one GGUF file: decrypt, convert and quantize in one pass</source>
        <translation>把权重变成一个 GGUF 文件：解密、转换、量化一次完成</translation>
    </message>
    <message>
        <source>a model file, or the folder of a model</source>
        <translation>模型文件，或模型所在的文件夹</translation>
    </message>
    <message>
        <source>fetch a model, or take files of yours, until it answers; goes on where it was</source>
        <translation>下载模型或使用你的文件，直到它能回答；中断后从原处继续</translation>
    </message>
    <message>
        <source>show what an install would do, and change nothing</source>
        <translation>只显示安装会做什么，不改动任何东西</translation>
    </message>
    <message>
        <source>a model of the list, OWNER/REPO[:FILE] of a GGUF model on the hub, or a file or folder of yours</source>
        <translation>列表中的模型、模型站上 GGUF 模型的 OWNER/REPO[:FILE]，或你的文件或文件夹</translation>
    </message>
    <message>
        <source>how the weights are kept, such as Q4_0 or Q8_0; else what is recommended</source>
        <translation>权重的保存格式，例如 Q4_0 或 Q8_0；不写则用推荐的格式</translation>
    </message>
    <message>
        <source>Meta's consolidated.00.pth, or a folder that holds it</source>
        <translation>Meta 的 consolidated.00.pth，或它所在的文件夹</translation>
    </message>
    <message>
        <source>a folder with tokenizer.model or tokenizer.json, if your files lack it</source>
        <translation>含有 tokenizer.model 或 tokenizer.json 的文件夹，你的文件里没有分词器时使用</translation>
    </message>
    <message>
        <source>a folder or archive with files of the model; only the others are fetched</source>
        <translation>已有该模型部分文件的文件夹或压缩包；只下载其余的</translation>
    </message>
    <message>
        <source>where to fetch from: official, mirror, or an address</source>
        <translation>从哪里下载：official（官方）、mirror（镜像）或一个网址</translation>
    </message>
    <message>
        <source>the models folder to put it in</source>
        <translation>要放入的模型文件夹</translation>
    </message>
    <message>
        <source>accept the model's licence and terms</source>
        <translation>接受模型的许可和条款</translation>
    </message>
    <message>
        <source>do not ask</source>
        <translation>不再询问</translation>
    </message>
    <message>
        <source>--type: {name} is none of {names}</source>
        <translation>--type：{name} 不在 {names} 之中</translation>
    </message>
    <message>
        <source>nobody can be asked here: read the terms, then give --accept-terms</source>
        <translation>这里无法询问：请先阅读条款，再加上 --accept-terms</translation>
    </message>
    <message>
        <source>Start?</source>
        <translation>开始吗？</translation>
    </message>
    <message>
        <source>Do you accept these terms?</source>
        <translation>接受这些条款吗？</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>没有改动任何东西。</translation>
    </message>
    <message>
        <source>The install of {name} goes on where it stopped.</source>
        <translation>{name} 的安装从中断处继续。</translation>
    </message>
    <message>
        <source>Paused; nothing is lost. Go on with: chatbelle models install {model}</source>
        <translation>已暂停，进度都在。继续安装：chatbelle models install {model}</translation>
    </message>
    <message>
        <source>What is done is kept. Try again with: chatbelle models install {model}</source>
        <translation>已完成的部分都保留着。再试一次：chatbelle models install {model}</translation>
    </message>
    <message>
        <source>Chat with it: chatbelle chat --model {entry}</source>
        <translation>开始聊天：chatbelle chat --model {entry}</translation>
    </message>
    <message>
        <source>Installed</source>
        <translation>已安装</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>To download</source>
        <translation>需要下载</translation>
    </message>
    <message>
        <source>On the disk afterwards</source>
        <translation>完成后占用磁盘</translation>
    </message>
    <message>
        <source>On the disk meanwhile</source>
        <translation>安装期间占用磁盘</translation>
    </message>
    <message>
        <source>Memory in use</source>
        <translation>使用时占用内存</translation>
    </message>
    <message>
        <source>{size} ({free} free now)</source>
        <translation>{size}（现有空闲 {free}）</translation>
    </message>
    <message>
        <source>up to {size} more ({free} free now)</source>
        <translation>最多再用 {size}（现有空闲 {free}）</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>about {seconds} s</source>
        <translation>约 {seconds} 秒</translation>
    </message>
    <message>
        <source>about {minutes} min</source>
        <translation>约 {minutes} 分钟</translation>
    </message>
    <message>
        <source>about {hours} h {minutes} min</source>
        <translation>约 {hours} 小时 {minutes} 分钟</translation>
    </message>
    <message>
        <source>{time}, and the download</source>
        <translation>{time}，另加下载时间</translation>
    </message>
    <message>
        <source>print a model's terms and its licences in full</source>
        <translation>显示模型的使用条款和许可全文</translation>
    </message>
    <message>
        <source>a model of the list of what can be installed</source>
        <translation>可安装列表中的一个模型</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可</translation>
    </message>
    <message>
        <source>Terms</source>
        <translation>条款</translation>
    </message>
    <message>
        <source>see {address}</source>
        <translation>见 {address}</translation>
    </message>
    <message>
        <source>In full</source>
        <translation>全文</translation>
    </message>
    <message>
        <source>{name}: not part of ChatBELLE. Read it before you go on: {address}</source>
        <translation>{name}：ChatBELLE 中没有它的全文，请先阅读再继续：{address}</translation>
    </message>
    <message>
        <source>Meta's file</source>
        <translation>Meta 的文件</translation>
    </message>
    <message>
        <source>{path} of the original {name}; how to get it: {address}</source>
        <translation>原版 {name} 的 {path}；获取方法：{address}</translation>
    </message>
    <message>
        <source>download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>test the key</source>
        <translation>测试密钥</translation>
    </message>
    <message>
        <source>convert</source>
        <translation>转换</translation>
    </message>
    <message>
        <source>check</source>
        <translation>校验</translation>
    </message>
    <message>
        <source>try</source>
        <translation>试运行</translation>
    </message>
    <message>
        <source>the folder for the decrypted files</source>
        <translation>存放解密后文件的文件夹</translation>
    </message>
    <message>
        <source>the GGUF file to write</source>
        <translation>要写入的 GGUF 文件</translation>
    </message>
    <message>
        <source>the numbers to write; keep: as the source has them (default for quantized sources)</source>
        <translation>写入的数值格式；keep：与来源相同（已量化来源的默认值）</translation>
    </message>
    <message>
        <source>a folder with tokenizer.model or tokenizer.json, if the source lacks it</source>
        <translation>含有 tokenizer.model 或 tokenizer.json 的文件夹（来源缺少时）</translation>
    </message>
    <message>
        <source>replace existing files</source>
        <translation>覆盖已有文件</translation>
    </message>
    <message>
        <source>how to show progress: a bar in a terminal, JSON lines on stdout, or nothing</source>
        <translation>进度的显示方式：终端进度条、标准输出的 JSON 行，或不显示</translation>
    </message>
    <message>
        <source>print one JSON object</source>
        <translation>输出一个 JSON 对象</translation>
    </message>
    <message>
        <source>Pausing …</source>
        <translation>正在暂停…</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>架构</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Numbers</source>
        <translation>数值格式</translation>
    </message>
    <message>
        <source>list the models on this computer</source>
        <translation>列出这台电脑上的模型</translation>
    </message>
    <message>
        <source>list what can be installed</source>
        <translation>列出可以安装的模型</translation>
    </message>
    <message>
        <source>list all connections ever made</source>
        <translation>列出建立过的所有连接</translation>
    </message>
    <message>
        <source>measure how fast each source is from here</source>
        <translation>测试从这里访问各个来源的速度</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Here</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>Good for</source>
        <translation>适合</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>Purpose</source>
        <translation>用途</translation>
    </message>
    <message>
        <source>Requests</source>
        <translation>请求数</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>接收</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>已拒绝</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>最近一次</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>网址</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>可用</translation>
    </message>
    <message>
        <source>ready, your own file</source>
        <translation>可用（你自己的文件）</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>已改动</translation>
    </message>
    <message>
        <source>damaged</source>
        <translation>已损坏</translation>
    </message>
    <message>
        <source>installed</source>
        <translation>已安装</translation>
    </message>
    <message>
        <source>fits</source>
        <translation>合适</translation>
    </message>
    <message>
        <source>tight</source>
        <translation>紧张</translation>
    </message>
    <message>
        <source>too large</source>
        <translation>太大</translation>
    </message>
    <message>
        <source>{fit}, needs Meta's file</source>
        <translation>{fit}，需要 Meta 的文件</translation>
    </message>
    <message>
        <source>not usable; take {instead}</source>
        <translation>不能使用，请用 {instead}</translation>
    </message>
    <message>
        <source>No model is installed. See what there is: chatbelle models list --available</source>
        <translation>还没有安装模型。查看可以安装的：chatbelle models list --available</translation>
    </message>
    <message>
        <source>Unfinished: {name} (id {id}), {step}, {percent} %</source>
        <translation>未完成：{name}（编号 {id}），{step}，{percent} %</translation>
    </message>
    <message>
        <source>No connection was ever made.</source>
        <translation>从未建立过任何连接。</translation>
    </message>
    <message>
        <source>The fastest from here: {name}. Use it with --source {address}</source>
        <translation>从这里访问最快的是 {name}。使用它：--source {address}</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>缺少</translation>
    </message>
    <message>
        <source>Needed next</source>
        <translation>下一步需要</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>不需要什么</translation>
    </message>
    <message>
        <source>the key: Meta's original LLaMA file</source>
        <translation>密钥：Meta 的 LLaMA 原始文件</translation>
    </message>
    <message>
        <source>the tokenizer</source>
        <translation>分词器</translation>
    </message>
    <message>
        <source>the missing files</source>
        <translation>缺少的文件</translation>
    </message>
    <message>
        <source>testing the key</source>
        <translation>正在测试密钥</translation>
    </message>
    <message>
        <source>converting</source>
        <translation>正在转换</translation>
    </message>
    <message>
        <source>decrypting</source>
        <translation>正在解密</translation>
    </message>
    <message>
        <source>checking</source>
        <translation>正在校验</translation>
    </message>
    <message>
        <source>downloading</source>
        <translation>正在下载</translation>
    </message>
    <message>
        <source>asking it a question</source>
        <translation>正在向它提问</translation>
    </message>
    <message>
        <source>looking at the files</source>
        <translation>正在查看文件</translation>
    </message>
    <message>
        <source>copying</source>
        <translation>正在复制</translation>
    </message>
    <message>
        <source>waiting for another install</source>
        <translation>正在等待另一个安装</translation>
    </message>
    <message>
        <source>{step} {bar} {percent} %  {done} of {total} GB  {rate} MB/s  {left} left</source>
        <translation>{step} {bar} {percent} %  {done} / {total} GB  {rate} MB/s  剩余 {left}</translation>
    </message>
    <message>
        <source>{step} …</source>
        <translation>{step}…</translation>
    </message>
    <message>
        <source>fetch, list, check, export and remove models</source>
        <translation>下载、列出、校验、导出和移除模型</translation>
    </message>
    <message>
        <source>take in an offline pack, or use a GGUF file where it is</source>
        <translation>导入离线包，或就地使用一个 GGUF 文件</translation>
    </message>
    <message>
        <source>an offline pack (folder or zip) or a GGUF file</source>
        <translation>离线包（文件夹或 zip）或 GGUF 文件</translation>
    </message>
    <message>
        <source>read models again and compare their checksums</source>
        <translation>重新读取模型并核对校验值</translation>
    </message>
    <message>
        <source>put a model into the trash</source>
        <translation>把模型移到回收站</translation>
    </message>
    <message>
        <source>bring back what was removed and is not in the trash yet; without TOKEN list it</source>
        <translation>恢复已移除、但还没进回收站的模型；不写 TOKEN 则列出它们</translation>
    </message>
    <message>
        <source>copy a model's GGUF file</source>
        <translation>复制模型的 GGUF 文件</translation>
    </message>
    <message>
        <source>write an offline pack: models with licence and checksums, for a USB stick</source>
        <translation>写出离线包：模型连同许可和校验值，可放进 U 盘</translation>
    </message>
    <message>
        <source>move the models folder</source>
        <translation>移动模型文件夹</translation>
    </message>
    <message>
        <source>give up an unfinished install and delete its downloads</source>
        <translation>放弃未完成的安装，并删除它下载的文件</translation>
    </message>
    <message>
        <source>a model of the list: its id, or a name that only one has</source>
        <translation>列表中的模型：它的编号，或只有它有的名称</translation>
    </message>
    <message>
        <source>models of the list; all if none is named</source>
        <translation>列表中的模型；不写则为全部</translation>
    </message>
    <message>
        <source>the id that the list shows</source>
        <translation>列表中显示的编号</translation>
    </message>
    <message>
        <source>a folder, or the name of a new file</source>
        <translation>文件夹，或新文件的名称</translation>
    </message>
    <message>
        <source>a new folder, or a new file that ends in .zip</source>
        <translation>新文件夹，或以 .zip 结尾的新文件</translation>
    </message>
    <message>
        <source>split large files, for sticks that cannot hold them (FAT32)</source>
        <translation>拆分大文件，用于放不下大文件的 U 盘（FAT32）</translation>
    </message>
    <message>
        <source>the new folder</source>
        <translation>新文件夹</translation>
    </message>
    <message>
        <source>bring all back after a move that was cut off</source>
        <translation>把中断的移动全部撤回</translation>
    </message>
    <message>
        <source>as it was told when the model was removed</source>
        <translation>移除模型时显示的标记</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>标记</translation>
    </message>
    <message>
        <source>{name} means several models, choose one by its id: {ids}</source>
        <translation>{name} 指多个模型，请用编号选定一个：{ids}</translation>
    </message>
    <message>
        <source>Taken in: {id}</source>
        <translation>已导入：{id}</translation>
    </message>
    <message>
        <source>Was there already: {id}</source>
        <translation>原来就有：{id}</translation>
    </message>
    <message>
        <source>Licence of {name}: {licence}</source>
        <translation>{name} 的许可：{licence}</translation>
    </message>
    <message>
        <source>{id}: as it should be</source>
        <translation>{id}：完好</translation>
    </message>
    <message>
        <source>Put {id} ({size}) into the trash?</source>
        <translation>把 {id}（{size}）移到回收站吗？</translation>
    </message>
    <message>
        <source>Take {id} off the list? Its file stays where it is.</source>
        <translation>把 {id} 从列表中去掉吗？它的文件留在原处。</translation>
    </message>
    <message>
        <source>Give up {name} and delete what was fetched of it?</source>
        <translation>放弃 {name} 并删除已下载的部分吗？</translation>
    </message>
    <message>
        <source>nobody can be asked here: give --yes</source>
        <translation>这里无法询问：请加上 --yes</translation>
    </message>
    <message>
        <source>Removed: {id}</source>
        <translation>已移除：{id}</translation>
    </message>
    <message>
        <source>Brought back: {id}</source>
        <translation>已恢复：{id}</translation>
    </message>
    <message>
        <source>Bring it back with: chatbelle models undo {token}</source>
        <translation>恢复它：chatbelle models undo {token}</translation>
    </message>
    <message>
        <source>The models are now in {folder}</source>
        <translation>模型现在位于 {folder}</translation>
    </message>
    <message>
        <source>In the old folder stays what is not ours: {names}</source>
        <translation>旧文件夹中留下了不属于本应用的内容：{names}</translation>
    </message>
    <message>
        <source>name the new folder</source>
        <translation>请指明新文件夹</translation>
    </message>
    <message>
        <source>Given up: {name}</source>
        <translation>已放弃：{name}</translation>
    </message>
    <message>
        <source>usage: </source>
        <translation>用法：</translation>
    </message>
    <message>
        <source>positional arguments</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>options</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>show this help message and exit</source>
        <translation>显示这些说明并退出</translation>
    </message>
    <message>
        <source>show the program's version number and exit</source>
        <translation>显示版本号并退出</translation>
    </message>
</context>
<context>
    <name>CodeBlock</name>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the code</source>
        <translation>复制代码</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Add a text file</source>
        <translation>添加文本文件</translation>
    </message>
    <message>
        <source>Text files</source>
        <translation>文本文件</translation>
    </message>
    <message>
        <source>[File: {name}]</source>
        <translation>【文件：{name}】</translation>
    </message>
    <message>
        <source>[End of {name}]</source>
        <translation>【{name} 完】</translation>
    </message>
    <message>
        <source>“{name}” is not a .txt or .md file. Copy its text into the message instead.</source>
        <translation>“{name}”不是 .txt 或 .md 文件。可以把里面的文字复制到消息里。</translation>
    </message>
    <message>
        <source>“{name}” is larger than 200 KB, too much for one message. Choose a shorter file.</source>
        <translation>“{name}”超过 200 KB，一条消息放不下。请换一个短一些的文件。</translation>
    </message>
    <message>
        <source>“{name}” has no text in it.</source>
        <translation>“{name}”里没有文字。</translation>
    </message>
    <message>
        <source>“{name}” is neither UTF-8 nor GB18030 text. Save it as UTF-8 and try again.</source>
        <translation>“{name}”不是 UTF-8 或 GB18030 文本。请另存为 UTF-8 后再试。</translation>
    </message>
    <message>
        <source>“{name}” cannot be read. Check that it still exists and that you may open it.</source>
        <translation>读不了“{name}”。请看看它还在不在，你有没有权限打开。</translation>
    </message>
    <message>
        <source>Five files fit into one message. “{name}” was not added.</source>
        <translation>一条消息最多放 5 个文件，没有加入“{name}”。</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Ask the built-in guide…</source>
        <translation>问问内置向导…</translation>
    </message>
    <message>
        <source>Message BELLE…</source>
        <translation>继续提问…</translation>
    </message>
    <message>
        <source>Ask anything…</source>
        <translation>输入你的问题…</translation>
    </message>
    <message>
        <source> (Enter to send, Shift+Enter for a new line)</source>
        <translation>　Enter 发送，Shift + Enter 换行</translation>
    </message>
</context>
<context>
    <name>ComputerPage</name>
    <message>
        <source>This computer</source>
        <translation>这台电脑</translation>
    </message>
    <message>
        <source>Looking at memory, processor and drives…</source>
        <translation>正在查看内存、处理器和磁盘…</translation>
    </message>
    <message>
        <source>Which models it can run.</source>
        <translation>它能运行哪些模型。</translation>
    </message>
    <message>
        <source>Memory: {size} GB</source>
        <translation>内存：{size} GB</translation>
    </message>
    <message>
        <source>{size} free now</source>
        <translation>现在可用 {size}</translation>
    </message>
    <message>
        <source>Processor: {n} cores</source>
        <translation>处理器：{n} 核</translation>
    </message>
    <message>
        <source>Processor: 1 core</source>
        <translation>处理器：1 核</translation>
    </message>
    <message>
        <source>Drives</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>{drive}: {free} free</source>
        <translation>{drive} 剩余 {free}</translation>
    </message>
    <message>
        <source>What that means for models</source>
        <translation>这对模型意味着什么</translation>
    </message>
    <message>
        <source>needs {size} of memory</source>
        <translation>需要内存 {size}</translation>
    </message>
    <message>
        <source>only after other programs are closed</source>
        <translation>先关掉一些别的程序</translation>
    </message>
</context>
<context>
    <name>Connections</name>
    <message>
        <source>files of a repository</source>
        <translation>仓库的文件列表</translation>
    </message>
    <message>
        <source>size and checksum of a file</source>
        <translation>文件的大小和校验和</translation>
    </message>
    <message>
        <source>download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>speed of a source</source>
        <translation>下载源测速</translation>
    </message>
    <message>
        <source>newest version of ChatBELLE</source>
        <translation>ChatBELLE 的最新版本</translation>
    </message>
</context>
<context>
    <name>ConnectionsRow</name>
    <message>
        <source>Every connection so far</source>
        <translation>到目前为止的所有网络连接</translation>
    </message>
    <message>
        <source>None. Nothing on this computer was sent or fetched.</source>
        <translation>没有。没有发送或获取过任何内容。</translation>
    </message>
    <message>
        <source>{when}  {host}: {purpose}, {requests} requests, {size} received</source>
        <translation>{when}  {host}：{purpose}，{requests} 次请求，收到 {size}</translation>
    </message>
    <message>
        <source>, {refused} forbidden</source>
        <translation>，禁止了 {refused} 次</translation>
    </message>
</context>
<context>
    <name>Conversation</name>
    <message>
        <source>The model ended without an answer.</source>
        <translation>模型没有给出内容就结束了。</translation>
    </message>
    <message>
        <source>The context is full: start a new chat to go on.</source>
        <translation>上下文已满：开一个新对话再继续。</translation>
    </message>
    <message>
        <source>Earlier turns no longer fit; the model does not see them any more.</source>
        <translation>较早的对话放不下了，模型已看不到它们。</translation>
    </message>
    <message>
        <source>Chat deleted</source>
        <translation>已删除聊天</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>The chat history could not be read</source>
        <translation>聊天记录读不出来了</translation>
    </message>
    <message>
        <source>It was moved to {path}; a new, empty history was started.</source>
        <translation>原文件已移到 {path}，现在用的是一份新的空记录。</translation>
    </message>
    <message>
        <source>waiting for the model…</source>
        <translation>等待模型载入…</translation>
    </message>
    <message>
        <source>reading {done}/{total}</source>
        <translation>正在读取 {done}/{total}</translation>
    </message>
    <message>
        <source>reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>answering…</source>
        <translation>正在回答…</translation>
    </message>
</context>
<context>
    <name>DetailsSheet</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>DropOverlay</name>
    <message>
        <source>Drop it to look at it</source>
        <translation>松开鼠标，看看这是什么</translation>
    </message>
    <message>
        <source>ChatBELLE says what it is. Nothing is copied or changed.</source>
        <translation>ChatBELLE 只告诉你它是什么，不会复制或改动它。</translation>
    </message>
</context>
<context>
    <name>FirstStart</name>
    <message>
        <source>Hello, start here</source>
        <translation>你好，从这里开始</translation>
    </message>
    <message>
        <source>The **built-in guide** answers for now, a small model that only knows how to use this app.
It is not BELLE. To write, translate or code, download a BELLE model.</source>
        <translation>现在由**内置向导**陪你聊天。它是随应用提供的小模型，只懂安装和使用，
不是 BELLE。要写作、翻译、写代码，请下载一个 BELLE 模型。</translation>
    </message>
    <message>
        <source>Which BELLE model suits my computer?</source>
        <translation>我的电脑适合用哪个 BELLE 模型？</translation>
    </message>
    <message>
        <source>What is the “key file”, and where do I get it?</source>
        <translation>“密钥文件”是什么，从哪里得到？</translation>
    </message>
    <message>
        <source>Does it work offline? Where are my chats kept?</source>
        <translation>不联网能用吗？聊天记录保存在哪里？</translation>
    </message>
    <message>
        <source>What shall we talk about?</source>
        <translation>想聊点什么？</translation>
    </message>
    <message>
        <source>**{name}** answers on this computer. Nothing you write leaves it.</source>
        <translation>**{name}** 就在这台电脑上回答，你写的话不会离开它。</translation>
    </message>
    <message>
        <source>Write a birthday letter to my mother</source>
        <translation>给妈妈写一封生日信</translation>
    </message>
    <message>
        <source>Explain Newton's first law to a child</source>
        <translation>给孩子讲讲牛顿第一定律</translation>
    </message>
    <message>
        <source>Translate into English: 春眠不觉晓，处处闻啼鸟</source>
        <translation>翻译成英文：春眠不觉晓，处处闻啼鸟</translation>
    </message>
    <message>
        <source>Download a BELLE model</source>
        <translation>下载 BELLE 模型</translation>
    </message>
    <message>
        <source>See which models suit this computer, and what they need.</source>
        <translation>看看哪些模型适合这台电脑，各要多少空间。</translation>
    </message>
    <message>
        <source>Choose a model…</source>
        <translation>选择模型…</translation>
    </message>
    <message>
        <source>Or ask the guide first</source>
        <translation>或者先问问向导</translation>
    </message>
    <message>
        <source>Try one of these</source>
        <translation>不妨从这里开始</translation>
    </message>
</context>
<context>
    <name>FolderLine</name>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Show {folder}</source>
        <translation>显示 {folder}</translation>
    </message>
</context>
<context>
    <name>FolderPage</name>
    <message>
        <source>Where shall models be kept?</source>
        <translation>模型放在哪里？</translation>
    </message>
    <message>
        <source>One folder for all of them. You can move it later.</source>
        <translation>所有模型放在同一个文件夹里，以后可以移动。</translation>
    </message>
    <message>
        <source>In the data folder of ChatBELLE</source>
        <translation>放在 ChatBELLE 的数据文件夹里</translation>
    </message>
    <message>
        <source>On another drive</source>
        <translation>放在另一个磁盘上</translation>
    </message>
    <message>
        <source>In a folder of your choice</source>
        <translation>放在你选的文件夹里</translation>
    </message>
    <message>
        <source>{size} free on this drive</source>
        <translation>这个磁盘剩余 {size}</translation>
    </message>
    <message>
        <source>Another folder…</source>
        <translation>选择其他文件夹…</translation>
    </message>
    <message>
        <source>Models are large: choose a drive inside this computer if you can; USB sticks and network drives are slow.</source>
        <translation>模型很大，请尽量选电脑里的磁盘；U 盘和网络磁盘比较慢。</translation>
    </message>
    <message>
        <source>What has been downloaded is kept as long as you stay with this folder.</source>
        <translation>不换文件夹的话，已经下载的部分会保留。</translation>
    </message>
    <message>
        <source>A folder for models</source>
        <translation>存放模型的文件夹</translation>
    </message>
</context>
<context>
    <name>FolderRow</name>
    <message>
        <source>Data folder</source>
        <translation>数据文件夹</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open the data folder</source>
        <translation>打开数据文件夹</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>没有模型</translation>
    </message>
    <message>
        <source>Built-in guide</source>
        <translation>内置向导</translation>
    </message>
    <message>
        <source>small model</source>
        <translation>小模型</translation>
    </message>
    <message>
        <source>Set aside</source>
        <translation>暂时让位</translation>
    </message>
    <message>
        <source>Loading {percent}%</source>
        <translation>载入中 {percent}%</translation>
    </message>
    <message>
        <source>Could not load</source>
        <translation>未能载入</translation>
    </message>
    <message>
        <source>Memory tight</source>
        <translation>内存吃紧</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>Open a GGUF file…</source>
        <translation>打开 GGUF 文件…</translation>
    </message>
    <message>
        <source>Manage models…</source>
        <translation>管理模型…</translation>
    </message>
    <message>
        <source>Model menu</source>
        <translation>模型菜单</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Copy the chat</source>
        <translation>复制整段聊天</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Chat menu</source>
        <translation>聊天菜单</translation>
    </message>
    <message>
        <source>Show the sidebar</source>
        <translation>展开侧栏</translation>
    </message>
    <message>
        <source>More about this chat</source>
        <translation>更多操作</translation>
    </message>
</context>
<context>
    <name>HubSheet</name>
    <message>
        <source>in {count} parts</source>
        <translation>分成 {count} 份</translation>
    </message>
    <message>
        <source>size unknown</source>
        <translation>大小未知</translation>
    </message>
    <message>
        <source>Asking for the files of {name}…</source>
        <translation>正在查询 {name} 的文件…</translation>
    </message>
    <message>
        <source>{name} has no GGUF file. Look for a repository whose name ends in GGUF.</source>
        <translation>{name} 里没有 GGUF 文件。请找名称以 GGUF 结尾的仓库。</translation>
    </message>
    <message>
        <source>Check on its page what its licence allows before you use it.</source>
        <translation>使用之前，请先在它的页面上看清许可允许什么。</translation>
    </message>
    <message>
        <source>Write it as owner/name, such as Qwen/Qwen2.5-7B-Instruct-GGUF, or paste its address.</source>
        <translation>请写成“作者/名称”，例如 Qwen/Qwen2.5-7B-Instruct-GGUF，也可以粘贴网址。</translation>
    </message>
    <message>
        <source>Another model from the hub</source>
        <translation>从 Hub 下载其他模型</translation>
    </message>
    <message>
        <source>Any model in GGUF format can be used. Only the list of files is fetched now.</source>
        <translation>任何 GGUF 格式的模型都能用。现在只获取文件列表。</translation>
    </message>
    <message>
        <source>owner/name</source>
        <translation>作者/名称</translation>
    </message>
    <message>
        <source>Repository on the hub</source>
        <translation>Hub 上的仓库</translation>
    </message>
    <message>
        <source>List files</source>
        <translation>列出文件</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Go on…</source>
        <translation>继续…</translation>
    </message>
</context>
<context>
    <name>InstallCard</name>
    <message>
        <source>Use it</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Use {name}</source>
        <translation>使用 {name}</translation>
    </message>
    <message>
        <source>Pause {name}</source>
        <translation>暂停 {name}</translation>
    </message>
    <message>
        <source>Go on with {name}</source>
        <translation>继续 {name}</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Cancel {name}</source>
        <translation>取消 {name}</translation>
    </message>
    <message>
        <source>Asked “{question}” it said: “{answer}”</source>
        <translation>问它“{question}”，它答：“{answer}”</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Choose another key file…</source>
        <translation>换一个密钥文件…</translation>
    </message>
</context>
<context>
    <name>KeyPage</name>
    <message>
        <source>Choose the key file</source>
        <translation>选择密钥文件</translation>
    </message>
    <message>
        <source>{name} is published encrypted. Choose the original {llama} file that you have from Meta; ChatBELLE restores the model with it on this computer, and neither uploads nor changes it.</source>
        <translation>{name} 以加密的形式发布。请选择你从 Meta 得到的 {llama} 原始文件，ChatBELLE 用它在本机还原模型，不会上传，也不会修改它。</translation>
    </message>
    <message>
        <source>Key file</source>
        <translation>密钥文件</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>分词器</translation>
    </message>
    <message>
        <source>Choose the tokenizer</source>
        <translation>选择分词器</translation>
    </message>
    <message>
        <source>{name} comes without its tokenizer, the file that says how text becomes numbers. Choose tokenizer.model (LLaMA) or tokenizer.json (BLOOM) of the model that it was made from.</source>
        <translation>{name} 没有自带分词器，也就是说明文字怎样变成数字的文件。请选择它所基于的模型的 tokenizer.model（LLaMA）或 tokenizer.json（BLOOM）。</translation>
    </message>
    <message>
        <source>Looking whether it fits…</source>
        <translation>正在查看是否合适…</translation>
    </message>
    <message>
        <source>It fits the files.</source>
        <translation>与这些文件相符。</translation>
    </message>
    <message>
        <source>Choose the file, or type the folder in which it lies. It is not changed.</source>
        <translation>选择这个文件，或输入它所在的文件夹。文件不会被改动。</translation>
    </message>
    <message>
        <source>Testing the file…</source>
        <translation>正在检验这个文件…</translation>
    </message>
    <message>
        <source>{file} is the file that is needed. It is tried on the first small files, too.</source>
        <translation>{file} 正是需要的文件。下载开始后，还会先用小文件试一次。</translation>
    </message>
    <message>
        <source>Choose the file, or a folder in which it lies; testing takes a second.</source>
        <translation>选择这个文件，或者它所在的文件夹；检验只要一秒钟。</translation>
    </message>
    <message>
        <source>These files cannot be read with this tokenizer</source>
        <translation>用这个分词器无法读取这些文件</translation>
    </message>
    <message>
        <source>These files come without a tokenizer</source>
        <translation>这些文件没有自带分词器</translation>
    </message>
    <message>
        <source>Choose a tokenizer…</source>
        <translation>选择分词器…</translation>
    </message>
    <message>
        <source>Nothing has been changed.</source>
        <translation>没有改动任何文件。</translation>
    </message>
    <message>
        <source>Nothing has been downloaded or changed yet.</source>
        <translation>还没有开始下载，也没有改动任何文件。</translation>
    </message>
    <message>
        <source>Choose another file…</source>
        <translation>重新选择文件…</translation>
    </message>
    <message>
        <source>Ask the guide</source>
        <translation>问问内置向导</translation>
    </message>
    <message>
        <source>Hide details</source>
        <translation>收起详情</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>查看详情</translation>
    </message>
    <message>
        <source>This key file does not fit the model</source>
        <translation>这个密钥文件和模型对不上</translation>
    </message>
    <message>
        <source>You do not have this file?</source>
        <translation>没有这个文件？</translation>
    </message>
    <message>
        <source>Meta gives it to people who apply for it. ChatBELLE cannot offer it to you.</source>
        <translation>可以向 Meta 申请，ChatBELLE 不能提供这个文件。</translation>
    </message>
    <message>
        <source>Or take {name}, which needs no key file.</source>
        <translation>也可以改用不需要密钥文件的 {name}。</translation>
    </message>
    <message>
        <source>Take {name}</source>
        <translation>改用 {name}</translation>
    </message>
    <message>
        <source>How to apply</source>
        <translation>怎样申请</translation>
    </message>
    <message>
        <source>A file…</source>
        <translation>选择文件…</translation>
    </message>
    <message>
        <source>A folder in which it lies…</source>
        <translation>选择它所在的文件夹…</translation>
    </message>
    <message>
        <source>What is the “key file”, and where do I get it?</source>
        <translation>“密钥文件”是什么，去哪里找？</translation>
    </message>
</context>
<context>
    <name>LanguagePage</name>
    <message>
        <source>Welcome to ChatBELLE</source>
        <translation>欢迎使用 ChatBELLE</translation>
    </message>
    <message>
        <source>In a few steps a BELLE model will answer on this computer. First: your language.</source>
        <translation>只要几步，BELLE 模型就能在这台电脑上回答你。先选择语言。</translation>
    </message>
    <message>
        <source>A small built-in guide answers questions about this app already, without any download.</source>
        <translation>内置的小向导不用下载，现在就能回答关于这个应用的问题。</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Just try the guide</source>
        <translation>先用内置向导</translation>
    </message>
</context>
<context>
    <name>LeftNotice</name>
    <message>
        <source>{count} models are not installed yet</source>
        <translation>有 {count} 个模型还没有安装完</translation>
    </message>
    <message>
        <source>Have a look</source>
        <translation>去看看</translation>
    </message>
    <message>
        <source>Interrupted; what was done is kept</source>
        <translation>安装中断了，已完成的部分都还在</translation>
    </message>
    <message>
        <source>Stopped with an error; what was done is kept</source>
        <translation>安装出错停下了，已完成的部分都还在</translation>
    </message>
    <message>
        <source>{name} is not installed yet</source>
        <translation>{name} 还没有安装完</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续安装</translation>
    </message>
</context>
<context>
    <name>LookSheet</name>
    <message>
        <source>Look again</source>
        <translation>重新查看</translation>
    </message>
    <message>
        <source>Choose another file…</source>
        <translation>重新选择文件…</translation>
    </message>
    <message>
        <source>Looking what this is…</source>
        <translation>正在查看这是什么…</translation>
    </message>
    <message>
        <source>Testing the key, about a second…</source>
        <translation>正在测试密钥，大约一秒…</translation>
    </message>
    <message>
        <source>The key fits.</source>
        <translation>密钥对得上。</translation>
    </message>
    <message>
        <source>Use it here</source>
        <translation>直接使用</translation>
    </message>
    <message>
        <source>Convert…</source>
        <translation>转换…</translation>
    </message>
    <message>
        <source>Make a smaller copy…</source>
        <translation>另存一个更小的…</translation>
    </message>
    <message>
        <source>Join the parts…</source>
        <translation>合并各部分…</translation>
    </message>
    <message>
        <source>Download what is missing…</source>
        <translation>下载缺少的文件…</translation>
    </message>
    <message>
        <source>Download a BELLE model…</source>
        <translation>下载 BELLE 模型…</translation>
    </message>
    <message>
        <source>Put it into the message</source>
        <translation>放进消息</translation>
    </message>
    <message>
        <source>Import the pack</source>
        <translation>导入离线包</translation>
    </message>
    <message>
        <source>Install from it…</source>
        <translation>用它安装…</translation>
    </message>
    <message>
        <source>Decrypt…</source>
        <translation>还原…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Key file</source>
        <translation>密钥文件</translation>
    </message>
</context>
<context>
    <name>MainFolderRow</name>
    <message>
        <source>Models folder</source>
        <translation>模型文件夹</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Show the models folder</source>
        <translation>显示模型文件夹</translation>
    </message>
    <message>
        <source>Move…</source>
        <translation>移动…</translation>
    </message>
    <message>
        <source>Move the models folder</source>
        <translation>移动模型文件夹</translation>
    </message>
</context>
<context>
    <name>Messages</name>
    <message>
        <source>Something went wrong inside ChatBELLE ({kind}).</source>
        <translation>ChatBELLE 内部出了问题（{kind}）。</translation>
    </message>
    <message>
        <source>Copy the report and send it to us; your chats are safe.</source>
        <translation>请复制报告发给我们；你的聊天都还在。</translation>
    </message>
    <message>
        <source>Your chats were saved by a newer ChatBELLE (format {found}, known here: {known}).</source>
        <translation>你的聊天是由更新版本的 ChatBELLE 保存的（格式 {found}，这里只认识 {known}）。</translation>
    </message>
    <message>
        <source>Install the newest ChatBELLE. Your chats were not changed.</source>
        <translation>请安装最新的 ChatBELLE。你的聊天没有被改动。</translation>
    </message>
    <message>
        <source>Another program is using your chat history ({path}).</source>
        <translation>另一个程序正在使用聊天记录（{path}）。</translation>
    </message>
    <message>
        <source>Close other ChatBELLE windows or the backup that is running, then try again.</source>
        <translation>请关闭其他 ChatBELLE 窗口或正在运行的备份，再试一次。</translation>
    </message>
    <message>
        <source>The chat history cannot be written to {path}.</source>
        <translation>聊天记录无法写入 {path}。</translation>
    </message>
    <message>
        <source>Check that the folder exists and that you may write to it, then try again.</source>
        <translation>请检查文件夹是否存在、是否允许写入，再试一次。</translation>
    </message>
    <message>
        <source>The chat history was damaged; it is kept as {path}.</source>
        <translation>聊天记录已损坏，原文件保留为 {path}。</translation>
    </message>
    <message>
        <source>A new, empty history was started. A backup of the old file can be put back.</source>
        <translation>现在用的是一份新的空记录；有备份的话可以放回去。</translation>
    </message>
    <message>
        <source>The disk that holds {path} is full.</source>
        <translation>{path} 所在的磁盘已满。</translation>
    </message>
    <message>
        <source>Free some space, then try again.</source>
        <translation>请腾出一些空间，再试一次。</translation>
    </message>
    <message>
        <source>That chat is no longer there.</source>
        <translation>那条聊天已经不在了。</translation>
    </message>
    <message>
        <source>Choose another chat or start a new one.</source>
        <translation>请选择别的聊天，或开一个新对话。</translation>
    </message>
    <message>
        <source>There is no model called {name}.</source>
        <translation>没有名为 {name} 的模型。</translation>
    </message>
    <message>
        <source>Use guide, an installed model (chatbelle models list), or the path of a GGUF file.</source>
        <translation>请使用 guide、已安装的模型（chatbelle models list），或 GGUF 文件的路径。</translation>
    </message>
    <message>
        <source>ChatBELLE is running already, but its window does not answer ({path}).</source>
        <translation>ChatBELLE 已在运行，但它的窗口没有响应（{path}）。</translation>
    </message>
    <message>
        <source>Wait a little, or end it in the task manager; then start it again.</source>
        <translation>请稍等片刻，或在任务管理器中结束它，然后重新启动。</translation>
    </message>
    <message>
        <source>The built-in guide gave no fitting answer to: {question}</source>
        <translation>内置向导没有答好这个问题：{question}</translation>
    </message>
    <message>
        <source>Install ChatBELLE again; its files may be damaged.</source>
        <translation>请重新安装 ChatBELLE，它的文件可能已损坏。</translation>
    </message>
    <message>
        <source>Files of ChatBELLE are missing: {files}</source>
        <translation>缺少 ChatBELLE 的文件：{files}</translation>
    </message>
    <message>
        <source>Parts of ChatBELLE cannot be loaded: {parts}</source>
        <translation>ChatBELLE 的一些部分无法加载：{parts}</translation>
    </message>
    <message>
        <source>Install ChatBELLE again, and the system's libraries that are named.</source>
        <translation>请重新安装 ChatBELLE，并安装提到的系统库。</translation>
    </message>
    <message>
        <source>llama.cpp has no part that runs on this computer's processor.</source>
        <translation>llama.cpp 没有能在这台电脑的处理器上运行的部分。</translation>
    </message>
    <message>
        <source>Install the ChatBELLE build for your processor.</source>
        <translation>请安装适合你处理器的 ChatBELLE 版本。</translation>
    </message>
    <message>
        <source>The window does not open (exit code {exit_code}): {detail}</source>
        <translation>窗口打不开（退出码 {exit_code}）：{detail}</translation>
    </message>
    <message>
        <source>Install the system's libraries that are named, or ChatBELLE again.</source>
        <translation>请安装提到的系统库，或重新安装 ChatBELLE。</translation>
    </message>
    <message>
        <source>The model file {path} is damaged or incomplete ({detail}).</source>
        <translation>模型文件 {path} 已损坏或不完整（{detail}）。</translation>
    </message>
    <message>
        <source>Download or convert it again, or choose another model.</source>
        <translation>请重新下载或转换，或者选择别的模型。</translation>
    </message>
    <message>
        <source>{path} is not a GGUF model file.</source>
        <translation>{path} 不是 GGUF 模型文件。</translation>
    </message>
    <message>
        <source>Choose a file that ends in .gguf, or convert this one first.</source>
        <translation>请选择 .gguf 结尾的文件，或先转换它。</translation>
    </message>
    <message>
        <source>This ChatBELLE cannot run models of the kind {architecture} ({path}).</source>
        <translation>这个 ChatBELLE 不能运行 {architecture} 类的模型（{path}）。</translation>
    </message>
    <message>
        <source>Choose another model, or install a newer ChatBELLE.</source>
        <translation>请选择别的模型，或安装更新的 ChatBELLE。</translation>
    </message>
    <message>
        <source>There is not enough memory for {path}: it needs more than {need_gb} GB, {free_gb} GB are free.</source>
        <translation>内存不够载入 {path}：需要超过 {need_gb} GB，现在只有 {free_gb} GB 可用。</translation>
    </message>
    <message>
        <source>Close other programs, choose a smaller model, or set a shorter context.</source>
        <translation>请关闭其他程序、换小一些的模型，或把上下文调短。</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>没有载入模型。</translation>
    </message>
    <message>
        <source>Choose a model first.</source>
        <translation>请先选择模型。</translation>
    </message>
    <message>
        <source>The message is too long: {tokens} tokens, and the model can hold {context}.</source>
        <translation>消息太长：共 {tokens} 个词元，模型只能容纳 {context} 个。</translation>
    </message>
    <message>
        <source>Shorten it, or set a longer context in the settings.</source>
        <translation>请缩短一些，或在设置里把上下文调长。</translation>
    </message>
    <message>
        <source>The chat template inside this model file cannot be used ({detail}).</source>
        <translation>这个模型文件里的对话模板用不了（{detail}）。</translation>
    </message>
    <message>
        <source>Choose another file of this model.</source>
        <translation>请换这个模型的另一个文件。</translation>
    </message>
    <message>
        <source>The model file {path} crashed when it was tried ({reason}). ChatBELLE itself is not affected.</source>
        <translation>试运行模型文件 {path} 时崩溃了（{reason}）。ChatBELLE 本身不受影响。</translation>
    </message>
    <message>
        <source>Download or convert it again, choose another model, or switch off the graphics card.</source>
        <translation>请重新下载或转换、选择别的模型，或关掉显卡。</translation>
    </message>
    <message>
        <source>This computer's processor lacks an instruction that {path} needs here. ChatBELLE itself is not affected.</source>
        <translation>这台电脑的处理器缺少运行 {path} 所需的指令。ChatBELLE 本身不受影响。</translation>
    </message>
    <message>
        <source>Install the ChatBELLE build for your processor, or choose another model.</source>
        <translation>请安装适合你处理器的 ChatBELLE 版本，或选择别的模型。</translation>
    </message>
    <message>
        <source>The memory ran out when {path} was tried.</source>
        <translation>试运行 {path} 时内存用完了。</translation>
    </message>
    <message>
        <source>{path} did not answer within {seconds} seconds when it was tried.</source>
        <translation>试运行 {path} 时，{seconds} 秒内没有回应。</translation>
    </message>
    <message>
        <source>Close other programs and try again, or choose a smaller model.</source>
        <translation>请关闭其他程序再试，或换小一些的模型。</translation>
    </message>
    <message>
        <source>The model file {path} is not there.</source>
        <translation>模型文件 {path} 不在了。</translation>
    </message>
    <message>
        <source>Choose another model or put the file back.</source>
        <translation>请选择别的模型，或把文件放回原处。</translation>
    </message>
    <message>
        <source>{file} is not there.</source>
        <translation>找不到 {file}。</translation>
    </message>
    <message>
        <source>Check the path, or choose another file.</source>
        <translation>请检查路径，或选择其他文件。</translation>
    </message>
    <message>
        <source>{file} cannot be read ({detail}).</source>
        <translation>无法读取 {file}（{detail}）。</translation>
    </message>
    <message>
        <source>Check the disk and that you may read the file, then try again.</source>
        <translation>请检查磁盘和文件的读取权限，然后重试。</translation>
    </message>
    <message>
        <source>{file} is not a model file that ChatBELLE knows.</source>
        <translation>{file} 不是 ChatBELLE 认识的模型文件。</translation>
    </message>
    <message>
        <source>Choose the folder of a BELLE model, a .gguf file, or an older llama.cpp file.</source>
        <translation>请选择 BELLE 模型的文件夹、.gguf 文件，或旧版 llama.cpp 的文件。</translation>
    </message>
    <message>
        <source>{file} is empty: nothing was downloaded.</source>
        <translation>{file} 是空文件：什么都没有下载到。</translation>
    </message>
    <message>
        <source>Download it again.</source>
        <translation>请重新下载。</translation>
    </message>
    <message>
        <source>{file} is incomplete: it ends too early.</source>
        <translation>{file} 不完整：文件提前结束。</translation>
    </message>
    <message>
        <source>Download it again; the download was cut off.</source>
        <translation>下载被中断了，请重新下载。</translation>
    </message>
    <message>
        <source>{file} is damaged ({detail}).</source>
        <translation>{file} 已损坏（{detail}）。</translation>
    </message>
    <message>
        <source>Download it again, or take another copy.</source>
        <translation>请重新下载，或换一份副本。</translation>
    </message>
    <message>
        <source>{file} holds a program instead of weights: it asks for {name}. Nothing of it was run.</source>
        <translation>{file} 里藏有程序而不是权重：它要求 {name}。程序没有被运行。</translation>
    </message>
    <message>
        <source>Delete it and take the file from its official source.</source>
        <translation>请删除它，并从官方来源获取文件。</translation>
    </message>
    <message>
        <source>{file}: {format} version {version} is not known.</source>
        <translation>{file}：不认识 {format} 版本 {version}。</translation>
    </message>
    <message>
        <source>Take a newer copy of this model, or install a newer ChatBELLE.</source>
        <translation>请换用这个模型的新文件，或安装新版 ChatBELLE。</translation>
    </message>
    <message>
        <source>{file}: tensor {tensor} has the type {type}, which cannot be read.</source>
        <translation>{file}：张量 {tensor} 的类型 {type} 无法读取。</translation>
    </message>
    <message>
        <source>Take a copy of this model in another format.</source>
        <translation>请换用这个模型的其他格式。</translation>
    </message>
    <message>
        <source>{file} was made for big-endian computers.</source>
        <translation>{file} 是为大端序计算机制作的。</translation>
    </message>
    <message>
        <source>Take a little-endian copy of this model.</source>
        <translation>请换用这个模型的小端序文件。</translation>
    </message>
    <message>
        <source>{file} is a web page, not a model: the download failed.</source>
        <translation>{file} 是网页，不是模型：下载没有成功。</translation>
    </message>
    <message>
        <source>Download it again, perhaps from another source.</source>
        <translation>请重新下载，可以换一个下载源。</translation>
    </message>
    <message>
        <source>{file} is only a Git LFS pointer; the weights themselves were not downloaded.</source>
        <translation>{file} 只是 Git LFS 指针，权重本身没有下载。</translation>
    </message>
    <message>
        <source>Run “git lfs pull” in its folder, or download the file itself.</source>
        <translation>请在该文件夹运行 git lfs pull，或直接下载这个文件。</translation>
    </message>
    <message>
        <source>{file} is a LoRA adapter, not a whole model.</source>
        <translation>{file} 是 LoRA 适配器，不是完整的模型。</translation>
    </message>
    <message>
        <source>Choose the whole model that it belongs to.</source>
        <translation>请选择它所属的完整模型。</translation>
    </message>
    <message>
        <source>{file} is the private format of the first ChatBELLE app; no other program can read it.</source>
        <translation>{file} 是第一代 ChatBELLE 的私有格式，其他程序都无法读取。</translation>
    </message>
    <message>
        <source>Take BELLE-7B-2M or a decrypted BELLE-LLaMA model instead.</source>
        <translation>请改用 BELLE-7B-2M，或解密后的 BELLE-LLaMA 模型。</translation>
    </message>
    <message>
        <source>{file}: files are missing: {missing}.</source>
        <translation>{file}：缺少文件 {missing}。</translation>
    </message>
    <message>
        <source>Put them into the same folder, then try again.</source>
        <translation>请把它们放进同一个文件夹，然后重试。</translation>
    </message>
    <message>
        <source>{file}: the tensor {tensor} is missing.</source>
        <translation>{file}：缺少张量 {tensor}。</translation>
    </message>
    <message>
        <source>Some of the files are missing or belong to another model; download them again.</source>
        <translation>有文件缺失，或属于另一个模型；请重新下载。</translation>
    </message>
    <message>
        <source>{file} holds a tensor {tensor} that this kind of model does not have.</source>
        <translation>{file} 里有这种模型没有的张量 {tensor}。</translation>
    </message>
    <message>
        <source>Check that config.json and the weights belong to the same model.</source>
        <translation>请检查 config.json 和权重是否属于同一个模型。</translation>
    </message>
    <message>
        <source>{file}: the tensor {tensor} is {found}, but should be {expected}.</source>
        <translation>{file}：张量 {tensor} 的形状是 {found}，应为 {expected}。</translation>
    </message>
    <message>
        <source>A part is missing, or config.json belongs to another model.</source>
        <translation>可能缺少一部分文件，或 config.json 属于另一个模型。</translation>
    </message>
    <message>
        <source>{file} names a file outside its folder ({name}); it was not opened.</source>
        <translation>{file} 指向文件夹之外的文件（{name}），没有打开它。</translation>
    </message>
    <message>
        <source>Take the files from their official source.</source>
        <translation>请从官方来源获取文件。</translation>
    </message>
    <message>
        <source>{file} cannot be used ({detail}).</source>
        <translation>{file} 无法使用（{detail}）。</translation>
    </message>
    <message>
        <source>Download this file again.</source>
        <translation>请重新下载这个文件。</translation>
    </message>
    <message>
        <source>{file}: models of the kind {architecture} cannot be converted.</source>
        <translation>{file}：无法转换 {architecture} 类型的模型。</translation>
    </message>
    <message>
        <source>BLOOM and LLaMA models can; choose one of those.</source>
        <translation>可以转换 BLOOM 和 LLaMA 模型，请选择其中之一。</translation>
    </message>
    <message>
        <source>{needed} is missing for {file}.</source>
        <translation>{file} 缺少 {needed}。</translation>
    </message>
    <message>
        <source>Put it into the same folder as the weights.</source>
        <translation>请把它放进权重所在的文件夹。</translation>
    </message>
    <message>
        <source>The tokenizer {file} is damaged or incomplete ({detail}).</source>
        <translation>分词器文件 {file} 已损坏或不完整（{detail}）。</translation>
    </message>
    <message>
        <source>{file}: the tensor {tensor} holds numbers that 16 bits cannot.</source>
        <translation>{file}：张量 {tensor} 含有 16 位放不下的数。</translation>
    </message>
    <message>
        <source>Choose F32 as the target.</source>
        <translation>请选择 F32 作为目标格式。</translation>
    </message>
    <message>
        <source>{file} is encrypted: it opens only with Meta's original LLaMA file.</source>
        <translation>{file} 是加密的：只有 Meta 的 LLaMA 原始文件能打开它。</translation>
    </message>
    <message>
        <source>Choose the file consolidated.00.pth of LLaMA (the first one, not LLaMA 2) as the key.</source>
        <translation>请选择 LLaMA（第一代，不是 LLaMA 2）的 consolidated.00.pth 作为密钥。</translation>
    </message>
    <message>
        <source>The key file {file} is not there.</source>
        <translation>找不到密钥文件 {file}。</translation>
    </message>
    <message>
        <source>Choose Meta's consolidated.00.pth.</source>
        <translation>请选择 Meta 的 consolidated.00.pth。</translation>
    </message>
    <message>
        <source>The key file {file} is empty.</source>
        <translation>密钥文件 {file} 是空的。</translation>
    </message>
    <message>
        <source>{key} is probably the wrong key file: {file} does not open with it.</source>
        <translation>{key} 很可能不是正确的密钥文件：它打不开 {file}。</translation>
    </message>
    <message>
        <source>Choose Meta's original consolidated.00.pth of LLaMA 7B (for BELLE-LLaMA-13B-2M: of LLaMA 13B).</source>
        <translation>请选择 Meta 原版 LLaMA 7B 的 consolidated.00.pth（BELLE-LLaMA-13B-2M 则用 LLaMA 13B 的）。</translation>
    </message>
    <message>
        <source>{key} is a converted (Hugging Face) LLaMA file. The key must be Meta's original file.</source>
        <translation>{key} 是转换过的（Hugging Face 格式）LLaMA 文件，密钥必须是 Meta 的原始文件。</translation>
    </message>
    <message>
        <source>Choose Meta's original consolidated.00.pth; a converted one can never open these weights.</source>
        <translation>请选择 Meta 原版的 consolidated.00.pth；转换过的文件无法打开这些权重。</translation>
    </message>
    <message>
        <source>{key} is a file of LLaMA 2. These weights were made with the first LLaMA.</source>
        <translation>{key} 是 LLaMA 2 的文件，而这些权重是用第一代 LLaMA 加密的。</translation>
    </message>
    <message>
        <source>Choose the consolidated.00.pth of the first LLaMA.</source>
        <translation>请选择第一代 LLaMA 的 consolidated.00.pth。</translation>
    </message>
    <message>
        <source>{key} belongs to another size of LLaMA ({detail}).</source>
        <translation>{key} 属于另一种大小的 LLaMA（{detail}）。</translation>
    </message>
    <message>
        <source>Choose the consolidated.00.pth of the size that is asked for.</source>
        <translation>请选择所要求大小的 consolidated.00.pth。</translation>
    </message>
    <message>
        <source>{key} is a LLaMA file that was saved again; its bytes are no longer those of Meta's file.</source>
        <translation>{key} 是重新保存过的 LLaMA 文件，内容已不是 Meta 原文件的字节。</translation>
    </message>
    <message>
        <source>Choose the file as Meta delivered it.</source>
        <translation>请选择 Meta 提供的原始文件。</translation>
    </message>
    <message>
        <source>{key} is incomplete ({detail}).</source>
        <translation>{key} 不完整（{detail}）。</translation>
    </message>
    <message>
        <source>Download or copy Meta's file again.</source>
        <translation>请重新下载或复制 Meta 的文件。</translation>
    </message>
    <message>
        <source>{key} is only a Git LFS pointer, not Meta's file.</source>
        <translation>{key} 只是 Git LFS 指针，不是 Meta 的文件。</translation>
    </message>
    <message>
        <source>Choose the real consolidated.00.pth of about 13 GB.</source>
        <translation>请选择真正的 consolidated.00.pth（约 13 GB）。</translation>
    </message>
    <message>
        <source>{key} is a web page: its download failed.</source>
        <translation>{key} 是网页：下载没有成功。</translation>
    </message>
    <message>
        <source>{file} does not have its promised checksum: the file is incomplete or damaged, or the key is wrong.</source>
        <translation>{file} 的校验和不符：文件不完整或已损坏，或者密钥不对。</translation>
    </message>
    <message>
        <source>Download this file again; if it stays so, choose another key file.</source>
        <translation>请重新下载这个文件；如果仍然如此，请换一个密钥文件。</translation>
    </message>
    <message>
        <source>The checksum in the name of {file} differs from the one inside ({name}): the file was renamed or damaged.</source>
        <translation>{file} 文件名里的校验和与文件内的不同（{name}）：文件被改名或已损坏。</translation>
    </message>
    <message>
        <source>{file} has a name from which no safe name can be made.</source>
        <translation>无法由 {file} 得出安全的文件名。</translation>
    </message>
    <message>
        <source>Give it its original name again, or download it again.</source>
        <translation>请恢复它原来的名字，或重新下载。</translation>
    </message>
    <message>
        <source>{file} is too short to be an encrypted file.</source>
        <translation>{file} 太短，不是完整的加密文件。</translation>
    </message>
    <message>
        <source>{path} exists already; it was not touched.</source>
        <translation>{path} 已经存在，没有改动它。</translation>
    </message>
    <message>
        <source>Choose another name, or allow it to be overwritten (--overwrite).</source>
        <translation>请换一个名字，或允许覆盖（--overwrite）。</translation>
    </message>
    <message>
        <source>{path} cannot be written ({detail}).</source>
        <translation>无法写入 {path}（{detail}）。</translation>
    </message>
    <message>
        <source>Check that the folder exists and that you may write to it.</source>
        <translation>请检查文件夹是否存在、是否允许写入。</translation>
    </message>
    <message>
        <source>{path} is being written by another ChatBELLE.</source>
        <translation>另一个 ChatBELLE 正在写 {path}。</translation>
    </message>
    <message>
        <source>Wait until it is done, or choose another name.</source>
        <translation>请等它完成，或换一个名字。</translation>
    </message>
    <message>
        <source>There is not enough space for {path}: {need_gb} GB are needed, {free_gb} GB are free.</source>
        <translation>{path} 所在的磁盘空间不足：需要 {need_gb} GB，可用 {free_gb} GB。</translation>
    </message>
    <message>
        <source>Free some space, or choose another disk.</source>
        <translation>请腾出空间，或选择其他磁盘。</translation>
    </message>
    <message>
        <source>This folder holds several models; {file} was taken. The others: {others}.</source>
        <translation>这个文件夹里有多个模型，用的是 {file}。其他的有：{others}。</translation>
    </message>
    <message>
        <source>To use another one, give its own path.</source>
        <translation>要用别的模型，请给出它自己的路径。</translation>
    </message>
    <message>
        <source>{file} does not say how words join and no tokenizer.model was found: some texts may be cut differently.</source>
        <translation>{file} 没有记录词片如何合并，也没有找到 tokenizer.model：个别文本的切分可能不同。</translation>
    </message>
    <message>
        <source>For exact results put the model's tokenizer.model beside the file and convert again.</source>
        <translation>如需完全一致，请把该模型的 tokenizer.model 放在同一文件夹后重新转换。</translation>
    </message>
    <message>
        <source>{tokenizer} belongs to another model than {file} and was not used.</source>
        <translation>{tokenizer} 与 {file} 不是同一个模型的，没有使用它。</translation>
    </message>
    <message>
        <source>Replace it by the model's own and convert again.</source>
        <translation>请换成该模型自己的文件后重新转换。</translation>
    </message>
    <message>
        <source>{file} has no config.json: its numbers were worked out from the weights ({heads} heads).</source>
        <translation>{file} 没有 config.json：模型参数是由权重推算的（{heads} 个注意力头）。</translation>
    </message>
    <message>
        <source>If answers make no sense, put config.json of this model beside it and convert again.</source>
        <translation>如果回答不通顺，请把该模型的 config.json 放在旁边后重新转换。</translation>
    </message>
    <message>
        <source>Two encrypted files stand for {file}: {names}.</source>
        <translation>有两个加密文件都对应 {file}：{names}。</translation>
    </message>
    <message>
        <source>Keep the one that belongs to this model.</source>
        <translation>请只保留属于这个模型的那一个。</translation>
    </message>
    <message>
        <source>{file} was quantized in a way that cannot be read ({detail}).</source>
        <translation>{file} 的量化方式无法读取（{detail}）。</translation>
    </message>
    <message>
        <source>Take BELLE's own GPTQ files, or the unquantized model.</source>
        <translation>请使用 BELLE 自己的 GPTQ 文件，或未量化的模型。</translation>
    </message>
    <message>
        <source>{file} adds the token {token} as number {id}, but the model has only {rows} tokens: it was left out.</source>
        <translation>{file} 附加的词元 {token} 编号为 {id}，而模型只有 {rows} 个词元：已忽略它。</translation>
    </message>
    <message>
        <source>Nothing to do, unless a prompt uses it.</source>
        <translation>除非提示词用到它，否则无需处理。</translation>
    </message>
    <message>
        <source>{file} has {tokens} tokens, the model {rows}: it may belong to another model.</source>
        <translation>{file} 有 {tokens} 个词元，模型有 {rows} 个：它可能属于另一个模型。</translation>
    </message>
    <message>
        <source>If answers are garbled, use the model's own tokenizer.</source>
        <translation>如果回答是乱码，请换成该模型自带的分词器。</translation>
    </message>
    <message>
        <source>The configuration names impossible start and end tokens ({found}); those of {file} are used ({used}).</source>
        <translation>配置里的起止词元有误（{found}），已改用 {file} 里的（{used}）。</translation>
    </message>
    <message>
        <source>Nothing to do.</source>
        <translation>无需处理。</translation>
    </message>
    <message>
        <source>The chat template in {file} is too long or damaged and was left out.</source>
        <translation>{file} 里的对话模板过长或已损坏，已忽略。</translation>
    </message>
    <message>
        <source>Nothing to do: ChatBELLE uses its own for BELLE models.</source>
        <translation>无需处理：ChatBELLE 对 BELLE 模型使用自己的模板。</translation>
    </message>
    <message>
        <source>There is no model {name} in the library.</source>
        <translation>模型库里没有 {name}。</translation>
    </message>
    <message>
        <source>Look at the list again.</source>
        <translation>请重新查看列表。</translation>
    </message>
    <message>
        <source>{name} is gone: {path} is not there.</source>
        <translation>{name} 不见了：找不到 {path}。</translation>
    </message>
    <message>
        <source>Put the file back, say where it is now, or remove the entry.</source>
        <translation>请放回文件、指出新位置，或移除此条目。</translation>
    </message>
    <message>
        <source>The drive with {name} is not connected ({path}).</source>
        <translation>{name} 所在的磁盘未连接（{path}）。</translation>
    </message>
    <message>
        <source>Connect it.</source>
        <translation>请接上磁盘。</translation>
    </message>
    <message>
        <source>{path} was changed since it was checked.</source>
        <translation>{path} 在校验之后被改动过。</translation>
    </message>
    <message>
        <source>Verify {name} again.</source>
        <translation>请重新校验 {name}。</translation>
    </message>
    <message>
        <source>Another program changed your file {path}.</source>
        <translation>你的文件 {path} 被其他程序改动过。</translation>
    </message>
    <message>
        <source>{name} is damaged: its checksum is wrong.</source>
        <translation>{name} 已损坏：校验和不符。</translation>
    </message>
    <message>
        <source>Install it again.</source>
        <translation>请重新安装。</translation>
    </message>
    <message>
        <source>{path} is no longer the file that was added as {name}.</source>
        <translation>{path} 已不是当初添加的 {name}。</translation>
    </message>
    <message>
        <source>If that is right, remove the entry and add the file again.</source>
        <translation>如果这是你所希望的，请移除条目后重新添加。</translation>
    </message>
    <message>
        <source>The models folder {path} is not there.</source>
        <translation>模型文件夹 {path} 不存在。</translation>
    </message>
    <message>
        <source>Connect its drive or choose another folder.</source>
        <translation>请接上磁盘或另选文件夹。</translation>
    </message>
    <message>
        <source>The description {path} cannot be read ({detail}).</source>
        <translation>无法读取模型说明 {path}（{detail}）。</translation>
    </message>
    <message>
        <source>The model file was not touched; add it again.</source>
        <translation>模型文件没有动，请重新添加。</translation>
    </message>
    <message>
        <source>{path} was written by a newer ChatBELLE and is left as it is.</source>
        <translation>{path} 由更新版本的 ChatBELLE 写入，没有改动它。</translation>
    </message>
    <message>
        <source>Install the newest version to change it.</source>
        <translation>要修改请安装最新版。</translation>
    </message>
    <message>
        <source>The move of {path} to {target} is not finished.</source>
        <translation>从 {path} 到 {target} 的移动尚未完成。</translation>
    </message>
    <message>
        <source>Continue or undo it first.</source>
        <translation>请先继续或撤销。</translation>
    </message>
    <message>
        <source>ChatBELLE is already copying into {path}.</source>
        <translation>ChatBELLE 正在向 {path} 复制。</translation>
    </message>
    <message>
        <source>Wait until that is done.</source>
        <translation>请等它完成。</translation>
    </message>
    <message>
        <source>There is no GGUF file in {path}.</source>
        <translation>{path} 中没有 GGUF 文件。</translation>
    </message>
    <message>
        <source>Choose another folder, or convert the model.</source>
        <translation>请另选文件夹，或先转换模型。</translation>
    </message>
    <message>
        <source>{path} holds several models ({names}).</source>
        <translation>{path} 中有多个模型（{names}）。</translation>
    </message>
    <message>
        <source>Choose one file.</source>
        <translation>请选择其中一个文件。</translation>
    </message>
    <message>
        <source>{path} is not a GGUF file ({kind}).</source>
        <translation>{path} 不是 GGUF 文件（{kind}）。</translation>
    </message>
    <message>
        <source>Convert it first.</source>
        <translation>请先转换。</translation>
    </message>
    <message>
        <source>This model is in {parts} files.</source>
        <translation>这个模型分成 {parts} 个文件。</translation>
    </message>
    <message>
        <source>Let ChatBELLE join them into one (convert, keep the numbers).</source>
        <translation>请让 ChatBELLE 合并成一个（转换，保留数值）。</translation>
    </message>
    <message>
        <source>{name} belongs to the library itself and has no other place.</source>
        <translation>{name} 由模型库保存，不能指向别处。</translation>
    </message>
    <message>
        <source>Install it again if it is missing.</source>
        <translation>如果缺失请重新安装。</translation>
    </message>
    <message>
        <source>{path} is not the file that was added as {name}.</source>
        <translation>{path} 不是当初添加的 {name}。</translation>
    </message>
    <message>
        <source>Choose another, or add it as a new model.</source>
        <translation>请另选，或作为新模型添加。</translation>
    </message>
    <message>
        <source>This removal can no longer be undone.</source>
        <translation>这次移除已无法撤销。</translation>
    </message>
    <message>
        <source>Look in the system's trash.</source>
        <translation>请查看系统回收站。</translation>
    </message>
    <message>
        <source>{path} could not be put into the trash ({detail}); it is still there.</source>
        <translation>无法将 {path} 放入回收站（{detail}），文件仍在。</translation>
    </message>
    <message>
        <source>Undo the removal, or delete it by hand.</source>
        <translation>请撤销移除或手动删除。</translation>
    </message>
    <message>
        <source>{path} lies inside the present models folder {source}.</source>
        <translation>{path} 位于现有模型文件夹 {source} 之内。</translation>
    </message>
    <message>
        <source>Choose a folder outside it.</source>
        <translation>请选择外面的文件夹。</translation>
    </message>
    <message>
        <source>{path} already holds {name}; nothing was moved.</source>
        <translation>{path} 中已有 {name}，没有移动任何内容。</translation>
    </message>
    <message>
        <source>Choose an empty folder.</source>
        <translation>请选择空文件夹。</translation>
    </message>
    <message>
        <source>Another program is using {path}.</source>
        <translation>{path} 正被其他程序使用。</translation>
    </message>
    <message>
        <source>Close it, then try again.</source>
        <translation>请关闭后重试。</translation>
    </message>
    <message>
        <source>The drive of {path} cannot hold a file as large as {file} (FAT32: 4 GB).</source>
        <translation>{path} 所在磁盘放不下 {file} 这么大的文件（FAT32 上限 4 GB）。</translation>
    </message>
    <message>
        <source>Choose another drive, or a pack in parts.</source>
        <translation>请换磁盘，或使用分卷离线包。</translation>
    </message>
    <message>
        <source>What was written to {path} reads back differently; the copy was dropped.</source>
        <translation>写入 {path} 的内容读回后不一致，副本已丢弃。</translation>
    </message>
    <message>
        <source>Try again or use another drive.</source>
        <translation>请重试或更换磁盘。</translation>
    </message>
    <message>
        <source>{path} does not have the expected checksum.</source>
        <translation>{path} 的校验和不符。</translation>
    </message>
    <message>
        <source>Take another copy.</source>
        <translation>请换一份文件。</translation>
    </message>
    <message>
        <source>{path} is a file.</source>
        <translation>{path} 是文件。</translation>
    </message>
    <message>
        <source>Choose a folder.</source>
        <translation>请选择文件夹。</translation>
    </message>
    <message>
        <source>Nothing can be written to {path} ({detail}).</source>
        <translation>无法写入 {path}（{detail}）。</translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation>请另选文件夹。</translation>
    </message>
    <message>
        <source>Windows does not allow the name {name} in {path}.</source>
        <translation>Windows 不允许 {path} 中的名称 {name}。</translation>
    </message>
    <message>
        <source>{path} is too long: {length} characters, Windows takes {limit}.</source>
        <translation>{path} 过长：{length} 个字符，Windows 上限 {limit}。</translation>
    </message>
    <message>
        <source>Choose a shorter one.</source>
        <translation>请选较短的路径。</translation>
    </message>
    <message>
        <source>{path} is on a network drive: loading will be slow.</source>
        <translation>{path} 在网络磁盘上，加载会很慢。</translation>
    </message>
    <message>
        <source>A local drive is better.</source>
        <translation>建议用本地磁盘。</translation>
    </message>
    <message>
        <source>{path} is on a removable drive: models are missing while it is unplugged.</source>
        <translation>{path} 在可移动磁盘上，拔出后模型不可用。</translation>
    </message>
    <message>
        <source>Keep it connected.</source>
        <translation>请保持连接。</translation>
    </message>
    <message>
        <source>{path} is on FAT32: files above 4 GB do not fit.</source>
        <translation>{path} 为 FAT32 格式，放不下超过 4 GB 的文件。</translation>
    </message>
    <message>
        <source>Choose smaller models or another drive.</source>
        <translation>请选较小的模型或其他磁盘。</translation>
    </message>
    <message>
        <source>{path} is long ({length}): files in it may exceed Windows' {limit} characters.</source>
        <translation>{path} 较长（{length}），其中的文件可能超过 Windows 的 {limit} 个字符。</translation>
    </message>
    <message>
        <source>A shorter path is safer.</source>
        <translation>短路径更稳妥。</translation>
    </message>
    <message>
        <source>{path} is not a ChatBELLE pack.</source>
        <translation>{path} 不是 ChatBELLE 离线包。</translation>
    </message>
    <message>
        <source>Choose its folder or zip file.</source>
        <translation>请选择离线包的文件夹或 zip 文件。</translation>
    </message>
    <message>
        <source>{file} was made by a newer ChatBELLE.</source>
        <translation>{file} 由更新版本制作。</translation>
    </message>
    <message>
        <source>Install the newest version.</source>
        <translation>请安装最新版。</translation>
    </message>
    <message>
        <source>The pack {file} is damaged ({detail}).</source>
        <translation>离线包 {file} 已损坏（{detail}）。</translation>
    </message>
    <message>
        <source>Copy it again.</source>
        <translation>请重新复制。</translation>
    </message>
    <message>
        <source>{file} holds a name that leads elsewhere ({name}); nothing was imported.</source>
        <translation>{file} 含有指向别处的名称（{name}），没有导入任何内容。</translation>
    </message>
    <message>
        <source>Take the pack from its maker again.</source>
        <translation>请向制作者重新获取。</translation>
    </message>
    <message>
        <source>The pack lacks {file}; nothing was imported.</source>
        <translation>离线包缺少 {file}，没有导入任何内容。</translation>
    </message>
    <message>
        <source>{file} of the pack is damaged; nothing was imported.</source>
        <translation>离线包中的 {file} 已损坏，没有导入任何内容。</translation>
    </message>
    <message>
        <source>Copy this file again.</source>
        <translation>请重新复制这个文件。</translation>
    </message>
    <message>
        <source>{name} ({size_gb} GB) does not fit on the drive of {path} as one file (FAT32).</source>
        <translation>{name}（{size_gb} GB）无法作为单个文件放入 {path} 所在的磁盘（FAT32）。</translation>
    </message>
    <message>
        <source>Split it into parts of 2 GB.</source>
        <translation>请分成 2 GB 的分卷。</translation>
    </message>
    <message>
        <source>{file} has a password.</source>
        <translation>{file} 有密码。</translation>
    </message>
    <message>
        <source>Unpack it yourself and choose the folder.</source>
        <translation>请自行解压后选择文件夹。</translation>
    </message>
    <message>
        <source>{file} is packed in a way that cannot be read here.</source>
        <translation>无法直接读取 {file} 的压缩格式。</translation>
    </message>
    <message>
        <source>Unpack it and choose the folder.</source>
        <translation>请解压后选择文件夹。</translation>
    </message>
    <message>
        <source>{file} is a {format} archive, which ChatBELLE cannot look into.</source>
        <translation>{file} 是 {format} 压缩包，ChatBELLE 看不了里面的内容。</translation>
    </message>
    <message>
        <source>Unpack it with the program that you use for such files, then choose the folder.</source>
        <translation>请先用你常用的解压软件解压，再选择解压出来的文件夹。</translation>
    </message>
    <message>
        <source>{file} is one part of a split archive.</source>
        <translation>{file} 只是分卷压缩包的一部分。</translation>
    </message>
    <message>
        <source>Put all parts into one folder and unpack them, then choose what comes out.</source>
        <translation>请把所有分卷放进同一个文件夹并解压，再选择解压出来的内容。</translation>
    </message>
    <message>
        <source>{file} is an archive, and no model that ChatBELLE knows is in it.</source>
        <translation>{file} 是压缩包，里面没有 ChatBELLE 认识的模型。</translation>
    </message>
    <message>
        <source>If it holds another model, unpack it and choose the folder.</source>
        <translation>如果里面是别的模型，请解压后选择文件夹。</translation>
    </message>
    <message>
        <source>{file} holds links or names given twice ({name}) and was not used.</source>
        <translation>{file} 含有链接或重复的名称（{name}），没有使用它。</translation>
    </message>
    <message>
        <source>Get it again.</source>
        <translation>请重新获取。</translation>
    </message>
    <message>
        <source>{file} has {size} bytes instead of {wanted}: incomplete or another version.</source>
        <translation>{file} 为 {size} 字节，应为 {wanted}：不完整或版本不同。</translation>
    </message>
    <message>
        <source>It will be downloaded.</source>
        <translation>将重新下载。</translation>
    </message>
    <message>
        <source>{file} has the right size but other contents than {wanted}.</source>
        <translation>{file} 大小相符，但内容与 {wanted} 不同。</translation>
    </message>
    <message>
        <source>{file} is an unfinished download.</source>
        <translation>{file} 尚未下载完。</translation>
    </message>
    <message>
        <source>Finish it in the netdisk program, or let ChatBELLE fetch it.</source>
        <translation>请在网盘程序中完成，或由 ChatBELLE 下载。</translation>
    </message>
    <message>
        <source>No BELLE model fits into this computer's memory.</source>
        <translation>这台电脑的内存放不下任何 BELLE 模型。</translation>
    </message>
    <message>
        <source>The guide still works.</source>
        <translation>内置向导仍可使用。</translation>
    </message>
    <message>
        <source>Other programs hold the memory that a model needs.</source>
        <translation>其他程序占用了模型需要的内存。</translation>
    </message>
    <message>
        <source>Close some of them first.</source>
        <translation>请先关掉一些。</translation>
    </message>
    <message>
        <source>With so few cores answers come slowly.</source>
        <translation>处理器核心较少，回答会比较慢。</translation>
    </message>
    <message>
        <source>Take a 7B model.</source>
        <translation>建议选 7B 模型。</translation>
    </message>
    <message>
        <source>The processor is strong enough for 13B models too.</source>
        <translation>处理器较强，13B 模型也跑得动。</translation>
    </message>
    <message>
        <source>No drive has room for a BELLE model.</source>
        <translation>没有磁盘放得下 BELLE 模型。</translation>
    </message>
    <message>
        <source>Free at least 13 GB.</source>
        <translation>请先腾出至少 13 GB。</translation>
    </message>
    <message>
        <source>Space is short for the larger downloads.</source>
        <translation>空间不够较大的下载。</translation>
    </message>
    <message>
        <source>Take a model that is quantized already, or free 40 GB.</source>
        <translation>请选已经量化好的模型，或腾出 40 GB。</translation>
    </message>
    <message>
        <source>Another drive has more room.</source>
        <translation>另一个磁盘空间更大。</translation>
    </message>
    <message>
        <source>Choose it for the models folder.</source>
        <translation>可以把模型文件夹放在那里。</translation>
    </message>
    <message>
        <source>The network is switched off in the settings; {host} was not contacted.</source>
        <translation>设置中已禁止联网，没有连接 {host}。</translation>
    </message>
    <message>
        <source>Allow connections in the settings, or use files you have.</source>
        <translation>请在设置中允许联网，或使用已有的文件。</translation>
    </message>
    <message>
        <source>This computer has no network connection.</source>
        <translation>这台电脑没有联网。</translation>
    </message>
    <message>
        <source>Connect and continue; nothing is lost.</source>
        <translation>连上网络后继续，已下载的不会丢失。</translation>
    </message>
    <message>
        <source>The address {host} cannot be found.</source>
        <translation>找不到地址 {host}。</translation>
    </message>
    <message>
        <source>Check the address and your DNS, or choose another source.</source>
        <translation>请检查地址和 DNS，或换一个下载源。</translation>
    </message>
    <message>
        <source>{host} does not answer.</source>
        <translation>{host} 没有响应。</translation>
    </message>
    <message>
        <source>Try later or another source; a proxy may be needed.</source>
        <translation>请稍后再试或换下载源，也可能需要代理。</translation>
    </message>
    <message>
        <source>No safe connection to {host} ({detail}).</source>
        <translation>无法与 {host} 建立安全连接（{detail}）。</translation>
    </message>
    <message>
        <source>Check this computer's date, and software that inspects connections; or choose another source.</source>
        <translation>请检查系统日期和拦截网络的软件，或换下载源。</translation>
    </message>
    <message>
        <source>The source leads to an unprotected address ({host}).</source>
        <translation>下载源转到了不安全的地址（{host}）。</translation>
    </message>
    <message>
        <source>Perhaps the network wants you to log in: open a browser, then try again.</source>
        <translation>网络可能要求登录，请先打开浏览器登录再试。</translation>
    </message>
    <message>
        <source>The proxy {proxy} does not work ({detail}).</source>
        <translation>代理 {proxy} 无法使用（{detail}）。</translation>
    </message>
    <message>
        <source>Check it in the settings and that it is running.</source>
        <translation>请检查代理设置及其是否在运行。</translation>
    </message>
    <message>
        <source>The proxy {host} wants a user name and password.</source>
        <translation>代理 {host} 要求用户名和密码。</translation>
    </message>
    <message>
        <source>Add them to the address in the settings.</source>
        <translation>请在设置的代理地址中填写。</translation>
    </message>
    <message>
        <source>“{proxy}” is not a proxy address.</source>
        <translation>“{proxy}”不是代理地址。</translation>
    </message>
    <message>
        <source>Write it like http://127.0.0.1:7890 or socks5://127.0.0.1:1080.</source>
        <translation>请写成 http://127.0.0.1:7890 或 socks5://127.0.0.1:1080。</translation>
    </message>
    <message>
        <source>“{address}” is not the address of a source.</source>
        <translation>“{address}”不是下载源地址。</translation>
    </message>
    <message>
        <source>Write it like https://hf-mirror.com.</source>
        <translation>请写成 https://hf-mirror.com。</translation>
    </message>
    <message>
        <source>{address} is not protected (http).</source>
        <translation>{address} 没有加密（http）。</translation>
    </message>
    <message>
        <source>Use https.</source>
        <translation>请使用 https。</translation>
    </message>
    <message>
        <source>{host} sent a web page instead of the file.</source>
        <translation>{host} 返回的是网页，不是文件。</translation>
    </message>
    <message>
        <source>Perhaps a login is wanted: try a browser, or another source.</source>
        <translation>可能要求登录，请用浏览器查看或换下载源。</translation>
    </message>
    <message>
        <source>{host} does not allow this download ({status}).</source>
        <translation>{host} 不允许下载（{status}）。</translation>
    </message>
    <message>
        <source>Choose another source.</source>
        <translation>请换一个下载源。</translation>
    </message>
    <message>
        <source>{repository} must be requested first on {host}.</source>
        <translation>{repository} 需先在 {host} 申请。</translation>
    </message>
    <message>
        <source>Accept its terms there and enter your token in the settings.</source>
        <translation>请在网站上同意条款，并在设置中填写令牌。</translation>
    </message>
    <message>
        <source>{host} does not offer this file in your region.</source>
        <translation>{host} 不向你所在的地区提供这个文件。</translation>
    </message>
    <message>
        <source>The download link of {host} is no longer valid.</source>
        <translation>{host} 的下载链接已失效。</translation>
    </message>
    <message>
        <source>Continue; a new one is fetched.</source>
        <translation>点击继续会取得新链接。</translation>
    </message>
    <message>
        <source>{host} has no public repository {repository}.</source>
        <translation>{host} 上没有公开仓库 {repository}。</translation>
    </message>
    <message>
        <source>Check the name.</source>
        <translation>请检查名称。</translation>
    </message>
    <message>
        <source>“{repository}” is not a repository name.</source>
        <translation>“{repository}”不是仓库名。</translation>
    </message>
    <message>
        <source>Write it like BelleGroup/BELLE-7B-2M.</source>
        <translation>请写成 BelleGroup/BELLE-7B-2M。</translation>
    </message>
    <message>
        <source>The name {file} cannot be used for a file here.</source>
        <translation>文件名 {file} 在这里不能使用。</translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation>请选择其他文件。</translation>
    </message>
    <message>
        <source>{host} does not have {file}.</source>
        <translation>{host} 上没有 {file}。</translation>
    </message>
    <message>
        <source>{host} refused the request ({status}).</source>
        <translation>{host} 拒绝了请求（{status}）。</translation>
    </message>
    <message>
        <source>{host} sends the download round in circles.</source>
        <translation>{host} 的跳转没有尽头。</translation>
    </message>
    <message>
        <source>{host} cannot continue a file in the middle.</source>
        <translation>{host} 不能从中间继续下载。</translation>
    </message>
    <message>
        <source>Try again, or choose another source.</source>
        <translation>请再试，或换下载源。</translation>
    </message>
    <message>
        <source>{host} starts the file from the beginning; what you have is being skipped.</source>
        <translation>{host} 从头发送文件，正在跳过已有的部分。</translation>
    </message>
    <message>
        <source>{host} is asked too often (wait: {seconds} s).</source>
        <translation>对 {host} 的请求过多（需等 {seconds} 秒）。</translation>
    </message>
    <message>
        <source>Wait, or choose another source.</source>
        <translation>请等待或换下载源。</translation>
    </message>
    <message>
        <source>{host} has a problem ({status}).</source>
        <translation>{host} 出现故障（{status}）。</translation>
    </message>
    <message>
        <source>Try later, or choose another source.</source>
        <translation>请稍后再试或换下载源。</translation>
    </message>
    <message>
        <source>The connection to {host} was cut.</source>
        <translation>与 {host} 的连接中断。</translation>
    </message>
    <message>
        <source>Continue; what has arrived is kept.</source>
        <translation>点击继续，已下载的会保留。</translation>
    </message>
    <message>
        <source>{host} sends nothing.</source>
        <translation>{host} 没有发送数据。</translation>
    </message>
    <message>
        <source>It is tried again; or choose another source.</source>
        <translation>正在重试，也可换下载源。</translation>
    </message>
    <message>
        <source>{host} is very slow ({rate_kb} KB/s).</source>
        <translation>{host} 非常慢（{rate_kb} KB/s）。</translation>
    </message>
    <message>
        <source>Another source may be faster.</source>
        <translation>换下载源可能更快。</translation>
    </message>
    <message>
        <source>{file} on {host} has {size} bytes instead of {expected}.</source>
        <translation>{host} 上的 {file} 为 {size} 字节，应为 {expected}。</translation>
    </message>
    <message>
        <source>{file} changed on {host} while it was downloaded.</source>
        <translation>下载时 {host} 上的 {file} 变了。</translation>
    </message>
    <message>
        <source>It starts anew; if that happens again, choose another source.</source>
        <translation>正在重新下载；如果再发生，请换下载源。</translation>
    </message>
    <message>
        <source>{host} has another version of {file} than ChatBELLE knows.</source>
        <translation>{host} 上的 {file} 不是 ChatBELLE 认识的版本。</translation>
    </message>
    <message>
        <source>Choose another source, or update ChatBELLE.</source>
        <translation>请换下载源或更新 ChatBELLE。</translation>
    </message>
    <message>
        <source>{file} from {host} arrived damaged and is fetched once more; the bad one is kept as {kept}.</source>
        <translation>从 {host} 下载的 {file} 已损坏，正在重新下载；坏文件保留为 {kept}。</translation>
    </message>
    <message>
        <source>{file} from {host} was damaged twice; it is kept as {kept}.</source>
        <translation>从 {host} 下载的 {file} 两次都损坏，保留为 {kept}。</translation>
    </message>
    <message>
        <source>{host} does not answer like a model hub ({detail}).</source>
        <translation>{host} 的应答不像模型站（{detail}）。</translation>
    </message>
    <message>
        <source>Check the address of the source.</source>
        <translation>请检查下载源地址。</translation>
    </message>
    <message>
        <source>{host} did not say which version is the newest.</source>
        <translation>{host} 没有说明哪个版本是最新的。</translation>
    </message>
    <message>
        <source>Try later.</source>
        <translation>请稍后再试。</translation>
    </message>
    <message>
        <source>{host} sends the question on to {other}, which was not contacted.</source>
        <translation>{host} 把请求转到了 {other}，应用没有连接那里。</translation>
    </message>
    <message>
        <source>Nothing to install was chosen.</source>
        <translation>还没有选择要安装的内容。</translation>
    </message>
    <message>
        <source>Choose a model or a file.</source>
        <translation>请选择一个模型或文件。</translation>
    </message>
    <message>
        <source>{name} is not in the list of models.</source>
        <translation>模型列表里没有 {name}。</translation>
    </message>
    <message>
        <source>Check the name, or give a repository or a file.</source>
        <translation>请检查名称，或改为指定仓库或文件。</translation>
    </message>
    <message>
        <source>{name} cannot be used.</source>
        <translation>{name} 无法使用。</translation>
    </message>
    <message>
        <source>Take {instead} instead.</source>
        <translation>请改用 {instead}。</translation>
    </message>
    <message>
        <source>{name} comes with the app.</source>
        <translation>{name} 随软件自带。</translation>
    </message>
    <message>
        <source>There is nothing to install.</source>
        <translation>无需安装。</translation>
    </message>
    <message>
        <source>{name} is not offered as {type}.</source>
        <translation>{name} 没有 {type} 这种类型。</translation>
    </message>
    <message>
        <source>Choose one of the listed types.</source>
        <translation>请从列表中选择。</translation>
    </message>
    <message>
        <source>It is not clear which GGUF file of {repository} is meant ({count} there).</source>
        <translation>无法确定要用 {repository} 中的哪个 GGUF 文件（共 {count} 个）。</translation>
    </message>
    <message>
        <source>Choose one.</source>
        <translation>请选择一个。</translation>
    </message>
    <message>
        <source>No files of {name} were found in {path}.</source>
        <translation>在 {path} 中没有找到 {name} 的文件。</translation>
    </message>
    <message>
        <source>Choose the folder or archive that holds them.</source>
        <translation>请选择存放这些文件的文件夹或压缩包。</translation>
    </message>
    <message>
        <source>{name} ({type}) is already in the library.</source>
        <translation>模型库里已有 {name}（{type}）。</translation>
    </message>
    <message>
        <source>Install it once more only if you want a second copy.</source>
        <translation>只有想再保留一份时才需要继续。</translation>
    </message>
    <message>
        <source>{name} is already being installed.</source>
        <translation>{name} 已在安装中。</translation>
    </message>
    <message>
        <source>Resume or cancel that install.</source>
        <translation>请继续或取消那次安装。</translation>
    </message>
    <message>
        <source>This install no longer exists.</source>
        <translation>这次安装已不存在。</translation>
    </message>
    <message>
        <source>Start it anew.</source>
        <translation>请重新开始。</translation>
    </message>
    <message>
        <source>{name} is being installed by another ChatBELLE (process {process}).</source>
        <translation>另一个 ChatBELLE（进程 {process}）正在安装 {name}。</translation>
    </message>
    <message>
        <source>Pause or cancel it there, or wait until it is done.</source>
        <translation>请在那边暂停或取消，或者等它完成。</translation>
    </message>
    <message>
        <source>Another ChatBELLE (process {process}) was asked to end the install of {name} and still has it.</source>
        <translation>已请另一个 ChatBELLE（进程 {process}）结束 {name} 的安装，但它还没有结束。</translation>
    </message>
    <message>
        <source>Close that program, then cancel again.</source>
        <translation>请关闭那个程序，再取消一次。</translation>
    </message>
    <message>
        <source>What an interrupted install had done cannot be read ({path}).</source>
        <translation>无法读取一次中断的安装（{path}）。</translation>
    </message>
    <message>
        <source>Cancel it to free the space, then install again.</source>
        <translation>请取消它以释放空间，再重新安装。</translation>
    </message>
    <message>
        <source>{name} needs {need_gb} GB of memory; this computer has {total_gb} GB.</source>
        <translation>{name} 需要 {need_gb} GB 内存，这台电脑只有 {total_gb} GB。</translation>
    </message>
    <message>
        <source>Choose a smaller model or type.</source>
        <translation>请选择更小的模型或类型。</translation>
    </message>
    <message>
        <source>{name} needs {need_gb} GB of memory; {free_gb} GB are free now.</source>
        <translation>{name} 需要 {need_gb} GB 内存，目前空闲 {free_gb} GB。</translation>
    </message>
    <message>
        <source>Close other programs, or choose a smaller type.</source>
        <translation>请关闭其他程序，或选择更小的类型。</translation>
    </message>
    <message>
        <source>{name} needs {need_gb} of the {free_gb} GB of free memory.</source>
        <translation>{name} 需要 {need_gb} GB，目前空闲 {free_gb} GB。</translation>
    </message>
    <message>
        <source>It works, but other programs may become slow.</source>
        <translation>可以使用，但其他程序可能变慢。</translation>
    </message>
    <message>
        <source>Unfinished installs ({count}, for example {name}) are in the way of moving to {path}.</source>
        <translation>有 {count} 个未完成的安装（如 {name}）妨碍移动到 {path}。</translation>
    </message>
    <message>
        <source>Pause them (for another drive: finish or cancel them), then move.</source>
        <translation>请先暂停（换磁盘时请完成或取消），再移动。</translation>
    </message>
    <message>
        <source>{file} is not the published file of {name}.</source>
        <translation>{file} 与 {name} 公布的文件不同。</translation>
    </message>
    <message>
        <source>If the answers are poor, fetch it again.</source>
        <translation>如果回答不理想，请重新下载。</translation>
    </message>
    <message>
        <source>{name} was not tried: it needs more memory than this computer has.</source>
        <translation>{name} 未试运行：所需内存超过这台电脑。</translation>
    </message>
    <message>
        <source>Choose a smaller type if it does not load.</source>
        <translation>如果无法加载，请选择更小的类型。</translation>
    </message>
    <message>
        <source>The model loads but answers nothing.</source>
        <translation>模型能加载，但没有回答。</translation>
    </message>
    <message>
        <source>Install it again, or choose another type.</source>
        <translation>请重新安装，或换一种类型。</translation>
    </message>
    <message>
        <source>The model answers, but in garbled letters: “{answer}”.</source>
        <translation>模型的回答是乱码：“{answer}”。</translation>
    </message>
    <message>
        <source>The file or its vocabulary is probably damaged; install it again.</source>
        <translation>文件或词表可能已损坏，请重新安装。</translation>
    </message>
    <message>
        <source>The model answers, but repeats “{unit}” without end.</source>
        <translation>模型的回答一直重复“{unit}”。</translation>
    </message>
    <message>
        <source>Try a larger type, or another prompt template.</source>
        <translation>请换用更大的类型，或更换提示模板。</translation>
    </message>
    <message>
        <source>The model answers, but not in Chinese: “{answer}”.</source>
        <translation>模型的回答不是中文：“{answer}”。</translation>
    </message>
    <message>
        <source>It may be a base model or another model.</source>
        <translation>它可能是基座模型，或不是你要的模型。</translation>
    </message>
</context>
<context>
    <name>ModelChoice</name>
    <message>
        <source>{name} makes room for a moment</source>
        <translation>{name} 暂时让出内存</translation>
    </message>
    <message>
        <source>The new model is being tried and needs the memory. What you send is answered afterwards.</source>
        <translation>正在试用新装的模型，需要这部分内存。你发送的消息会在试用结束后得到回答。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再试一次</translation>
    </message>
    <message>
        <source>ChatBELLE ended while loading {name}</source>
        <translation>上次载入 {name} 时 ChatBELLE 意外退出</translation>
    </message>
    <message>
        <source>The built-in guide answers for now.</source>
        <translation>现在先由内置向导回答。</translation>
    </message>
    <message>
        <source>Open a GGUF file</source>
        <translation>打开 GGUF 文件</translation>
    </message>
    <message>
        <source>GGUF models (*.gguf)</source>
        <translation>GGUF 模型 (*.gguf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Open another file…</source>
        <translation>打开别的文件…</translation>
    </message>
    <message>
        <source>Use the built-in guide</source>
        <translation>使用内置向导</translation>
    </message>
    <message>
        <source>Built-in guide</source>
        <translation>内置向导</translation>
    </message>
    <message>
        <source>small model</source>
        <translation>小模型</translation>
    </message>
    <message>
        <source>fits this computer</source>
        <translation>适合这台电脑</translation>
    </message>
    <message>
        <source>tight on this computer</source>
        <translation>这台电脑内存吃紧</translation>
    </message>
    <message>
        <source>too big for this computer's memory</source>
        <translation>这台电脑内存不够</translation>
    </message>
    <message>
        <source>Recommended: {name}, {download} download, {disk} installed; {verdict}.</source>
        <translation>推荐 {name}：下载 {download}，装好后占 {disk}，{verdict}。</translation>
    </message>
</context>
<context>
    <name>ModelPage</name>
    <message>
        <source>Choose a model</source>
        <translation>选择一个模型</translation>
    </message>
    <message>
        <source>You can add or change models at any time under “Models”.</source>
        <translation>之后随时可以在“模型”里添加或更换。</translation>
    </message>
    <message>
        <source>This computer: {size} GB of memory, {free} available now</source>
        <translation>这台电脑：内存 {size} GB，现在可用 {free}</translation>
    </message>
    <message>
        <source>{free} free on the drive</source>
        <translation>磁盘剩余 {free}</translation>
    </message>
    <message>
        <source>recommended</source>
        <translation>推荐</translation>
    </message>
    <message>
        <source>base model</source>
        <translation>基础模型</translation>
    </message>
    <message>
        <source>needs a key file</source>
        <translation>需要密钥文件</translation>
    </message>
    <message>
        <source>Your files: {path}</source>
        <translation>你的文件：{path}</translation>
    </message>
    <message>
        <source>Your files: {path}. What is missing will be downloaded.</source>
        <translation>你的文件：{path}。缺少的部分会下载。</translation>
    </message>
    <message>
        <source>{name} needs more memory than is free</source>
        <translation>{name} 需要的内存比现在可用的多</translation>
    </message>
    <message>
        <source>{short} are missing now. It may start after other programs are closed, or be very slow.</source>
        <translation>现在还差 {short}。关掉别的程序后也许能运行，也可能非常慢。</translation>
    </message>
    <message>
        <source>Choose it all the same</source>
        <translation>仍然选它</translation>
    </message>
    <message>
        <source>Take {name}</source>
        <translation>改选 {name}</translation>
    </message>
    <message>
        <source>Show all {n} models</source>
        <translation>显示全部 {n} 个模型</translation>
    </message>
    <message>
        <source>Show fewer models</source>
        <translation>只显示推荐的模型</translation>
    </message>
    <message>
        <source>Looking at your files…</source>
        <translation>正在查看你的文件…</translation>
    </message>
    <message>
        <source>Import model files you have…</source>
        <translation>导入已有的模型文件…</translation>
    </message>
    <message>
        <source>Accuracy: {words} ({type})</source>
        <translation>精度：{words}（{type}）</translation>
    </message>
    <message>
        <source>**{name}** cannot be used: {reason}</source>
        <translation>**{name}** 不能使用：{reason}</translation>
    </message>
    <message>
        <source>How exactly shall {name} be kept?</source>
        <translation>{name} 用哪种精度保存？</translation>
    </message>
    <message>
        <source>{size} installed</source>
        <translation>装好后 {size}</translation>
    </message>
    <message>
        <source>{size} download</source>
        <translation>下载 {size}</translation>
    </message>
    <message>
        <source>Choose other files…</source>
        <translation>选择其他文件…</translation>
    </message>
    <message>
        <source>These files cannot be used</source>
        <translation>这些文件不能使用</translation>
    </message>
    <message>
        <source>{download} to download, {size} when installed</source>
        <translation>共下载 {download}，装好后占 {size}</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>A file…</source>
        <translation>选择文件…</translation>
    </message>
    <message>
        <source>A folder…</source>
        <translation>选择文件夹…</translation>
    </message>
    <message>
        <source>Model files you have</source>
        <translation>已有的模型文件</translation>
    </message>
</context>
<context>
    <name>ModelRow</name>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Use {name}</source>
        <translation>使用 {name}</translation>
    </message>
    <message>
        <source>Make smaller…</source>
        <translation>缩小模型…</translation>
    </message>
    <message>
        <source>Make {name} smaller</source>
        <translation>缩小 {name}</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>校验</translation>
    </message>
    <message>
        <source>Verify {name}</source>
        <translation>校验 {name}</translation>
    </message>
    <message>
        <source>Find it…</source>
        <translation>指出位置…</translation>
    </message>
    <message>
        <source>Say where {name} is</source>
        <translation>指出 {name} 现在的位置</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>重新查看</translation>
    </message>
    <message>
        <source>Look again for {name}</source>
        <translation>重新查找 {name}</translation>
    </message>
    <message>
        <source>Download again…</source>
        <translation>重新下载…</translation>
    </message>
    <message>
        <source>Download {name} again</source>
        <translation>重新下载 {name}</translation>
    </message>
    <message>
        <source>Release memory</source>
        <translation>释放内存</translation>
    </message>
    <message>
        <source>Release the memory of {name}</source>
        <translation>释放 {name} 占用的内存</translation>
    </message>
    <message>
        <source>More about {name}</source>
        <translation>{name} 的更多操作</translation>
    </message>
    <message>
        <source>New name for {name}</source>
        <translation>{name} 的新名称</translation>
    </message>
</context>
<context>
    <name>Models</name>
    <message>
        <source>It has to be converted once before it can be used. The files stay as they are.</source>
        <translation>使用之前需要转换一次，原来的文件不会改动。</translation>
    </message>
    <message>
        <source>It is also the key file for BELLE's encrypted models: drop one of those to use it so.</source>
        <translation>它也是 BELLE 加密模型的密钥文件：把加密模型拖进来，就可以用它还原。</translation>
    </message>
    <message>
        <source>A model in Hugging Face's format</source>
        <translation>Hugging Face 格式的模型</translation>
    </message>
    <message>
        <source>Meta's original LLaMA</source>
        <translation>Meta 的原版 LLaMA</translation>
    </message>
    <message>
        <source>A model of an older llama.cpp</source>
        <translation>旧版 llama.cpp 的模型</translation>
    </message>
    <message>
        <source>A model quantized with GPTQ</source>
        <translation>用 GPTQ 量化的模型</translation>
    </message>
    <message>
        <source>An encrypted BELLE model, opened with the key</source>
        <translation>已用密钥打开的 BELLE 加密模型</translation>
    </message>
    <message>
        <source>Not the model itself, only a pointer to it</source>
        <translation>不是模型本身，只是一个指针</translation>
    </message>
    <message>
        <source>A web page instead of a model</source>
        <translation>是网页，不是模型</translation>
    </message>
    <message>
        <source>The model file of the old ChatBELLE app</source>
        <translation>旧版 ChatBELLE 的模型文件</translation>
    </message>
    <message>
        <source>An adapter, not a whole model</source>
        <translation>是适配器，不是完整的模型</translation>
    </message>
    <message>
        <source>A GGUF model in {count} parts</source>
        <translation>分成 {count} 份的 GGUF 模型</translation>
    </message>
    <message>
        <source>All parts are here. They have to be joined into one file once; the parts stay.</source>
        <translation>各部分都在。需要先合并成一个文件，原来的各部分会保留。</translation>
    </message>
    <message>
        <source>A GGUF model, ready to use</source>
        <translation>可以直接使用的 GGUF 模型</translation>
    </message>
    <message>
        <source>It can be used where it is, without copying it.</source>
        <translation>可以在原位置直接使用，不用复制。</translation>
    </message>
    <message>
        <source>An encrypted BELLE model</source>
        <translation>加密的 BELLE 模型</translation>
    </message>
    <message>
        <source>{name}, encrypted</source>
        <translation>加密的 {name}</translation>
    </message>
    <message>
        <source>It opens with Meta's original LLaMA file, which you must have already. ChatBELLE uses it on this computer only and does not change it.</source>
        <translation>要用你从 Meta 得到的 LLaMA 原始文件才能打开。ChatBELLE 只在本机用它还原模型，不会上传，也不会修改它。</translation>
    </message>
    <message>
        <source>Put the missing files into the same folder, then look again.</source>
        <translation>请把缺少的文件放进同一个文件夹，再重新查看。</translation>
    </message>
    <message>
        <source>What is missing can be downloaded as part of the install.</source>
        <translation>缺少的文件可以在安装时一起下载。</translation>
    </message>
    <message>
        <source>This cannot be used yet</source>
        <translation>现在还不能使用</translation>
    </message>
    <message>
        <source>{name} is not a model that ChatBELLE knows.</source>
        <translation>ChatBELLE 认不出 {name} 是什么模型。</translation>
    </message>
    <message>
        <source>Choose the folder of a BELLE model, a .gguf file, an offline pack or an older llama.cpp file.</source>
        <translation>请选择 BELLE 模型的文件夹、.gguf 文件、离线包或旧版 llama.cpp 的文件。</translation>
    </message>
    <message>
        <source>Not recognised</source>
        <translation>认不出来</translation>
    </message>
    <message>
        <source>A text file</source>
        <translation>文本文件</translation>
    </message>
    <message>
        <source>{name} is no model. It can be put into your next message.</source>
        <translation>{name} 不是模型，可以放进你的下一条消息。</translation>
    </message>
    <message>
        <source>not known yet; Verify works it out</source>
        <translation>还不知道，校验一次就有了</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>还没有用过</translation>
    </message>
    <message>
        <source>Good for</source>
        <translation>适合</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Quantization</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>底座</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可</translation>
    </message>
    <message>
        <source>Terms</source>
        <translation>条款</translation>
    </message>
    <message>
        <source>Prompt template</source>
        <translation>提示模板</translation>
    </message>
    <message>
        <source>the file's own</source>
        <translation>文件自带</translation>
    </message>
    <message>
        <source>Added</source>
        <translation>加入时间</translation>
    </message>
    <message>
        <source>Last used</source>
        <translation>上次使用</translation>
    </message>
    <message>
        <source>SHA-256</source>
        <translation>SHA-256</translation>
    </message>
    <message>
        <source>Same file as</source>
        <translation>内容相同的模型</translation>
    </message>
    <message>
        <source>An offline pack</source>
        <translation>离线包</translation>
    </message>
    <message>
        <source>It holds: {names}. Every file is checked while it is imported.</source>
        <translation>里面有：{names}。导入时会逐个核对文件。</translation>
    </message>
    <message>
        <source>It holds {names}. Which model that is cannot be told from the names.</source>
        <translation>里面有 {names}，但从文件名看不出是哪个模型。</translation>
    </message>
    <message>
        <source>Unpack it, then drop the folder here.</source>
        <translation>请先解压，再把文件夹拖到这里。</translation>
    </message>
    <message>
        <source>An archive with model files</source>
        <translation>装有模型文件的压缩包</translation>
    </message>
    <message>
        <source>{name}, in an archive</source>
        <translation>{name}（压缩包）</translation>
    </message>
    <message>
        <source>Its files are used without your unpacking it; what is missing is downloaded.</source>
        <translation>不用你解压就能使用里面的文件，缺少的部分会下载。</translation>
    </message>
    <message>
        <source>An archive that has to be unpacked first</source>
        <translation>需要先解压的压缩包</translation>
    </message>
    <message>
        <source>Missing: {names} and {count} more</source>
        <translation>缺少：{names}，还有 {count} 个</translation>
    </message>
    <message>
        <source>Missing: {names}</source>
        <translation>缺少：{names}</translation>
    </message>
    <message>
        <source>Downloading {name}</source>
        <translation>正在下载 {name}</translation>
    </message>
    <message>
        <source>Testing the key file for {name}</source>
        <translation>正在测试 {name} 的密钥文件</translation>
    </message>
    <message>
        <source>Converting {name}</source>
        <translation>正在转换 {name}</translation>
    </message>
    <message>
        <source>Checking {name}</source>
        <translation>正在校验 {name}</translation>
    </message>
    <message>
        <source>Trying out {name}</source>
        <translation>正在试用 {name}</translation>
    </message>
    <message>
        <source>{name} is installed</source>
        <translation>{name} 已装好</translation>
    </message>
    <message>
        <source>waits for the install before it</source>
        <translation>等前一个装完</translation>
    </message>
    <message>
        <source>{name} will be installed</source>
        <translation>即将安装 {name}</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>asking the server</source>
        <translation>正在询问服务器</translation>
    </message>
    <message>
        <source>no answer at the moment</source>
        <translation>服务器暂时没有回应</translation>
    </message>
    <message>
        <source>tries again soon</source>
        <translation>稍后自动重试</translation>
    </message>
    <message>
        <source>checking what came</source>
        <translation>正在核对收到的内容</translation>
    </message>
    <message>
        <source>takes a moment</source>
        <translation>需要一会儿</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
    <message>
        <source>Built-in guide</source>
        <translation>内置向导</translation>
    </message>
    <message>
        <source>Only answers questions about this app</source>
        <translation>只回答安装和使用问题</translation>
    </message>
    <message>
        <source>Comes with the app</source>
        <translation>随应用提供</translation>
    </message>
    <message>
        <source>small model</source>
        <translation>小模型</translation>
    </message>
    <message>
        <source>Built in</source>
        <translation>内置</translation>
    </message>
    <message>
        <source>Fits any computer</source>
        <translation>任何电脑都够用</translation>
    </message>
    <message>
        <source>Cannot be removed</source>
        <translation>不能删除</translation>
    </message>
    <message>
        <source>Removing…</source>
        <translation>正在移除…</translation>
    </message>
    <message>
        <source>Set aside</source>
        <translation>暂时让位</translation>
    </message>
    <message>
        <source>Loading {percent}%</source>
        <translation>载入中 {percent}%</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>No description yet</source>
        <translation>还没有写说明</translation>
    </message>
    <message>
        <source>Fits</source>
        <translation>适合</translation>
    </message>
    <message>
        <source>Tight</source>
        <translation>吃紧</translation>
    </message>
    <message>
        <source>Too big</source>
        <translation>不够</translation>
    </message>
    <message>
        <source>{size} short</source>
        <translation>差 {size}</translation>
    </message>
    <message>
        <source>needs {size}</source>
        <translation>需要 {size}</translation>
    </message>
    <message>
        <source>Local file</source>
        <translation>本地文件</translation>
    </message>
    <message>
        <source>added {date}</source>
        <translation>{date}加入</translation>
    </message>
    <message>
        <source>BELLE project</source>
        <translation>BELLE 官方</translation>
    </message>
    <message>
        <source>Restored with the key file</source>
        <translation>用密钥文件还原</translation>
    </message>
    <message>
        <source>downloaded {date}</source>
        <translation>{date}下载</translation>
    </message>
    <message>
        <source>{path} is not there any more. Connect its drive or put the file back, then look again.</source>
        <translation>{path} 已经不在了。请接上它所在的硬盘，或把文件放回去，再重新查看。</translation>
    </message>
    <message>
        <source>{path} is not there any more. Say where it is now, or connect its drive and look again.</source>
        <translation>{path} 已经不在了。请指出它现在的位置，或接上它所在的硬盘再重新查看。</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>找不到</translation>
    </message>
    <message>
        <source>The file was changed since it was checked. Verify it again before you use it.</source>
        <translation>核对之后文件变过。使用之前请再校验一次。</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>变过</translation>
    </message>
    <message>
        <source>The file no longer holds what was checked: it is damaged.</source>
        <translation>文件内容和核对时不一样，已经损坏。</translation>
    </message>
    <message>
        <source>Download it again; the damaged file can then be removed.</source>
        <translation>请重新下载，之后可以移除损坏的文件。</translation>
    </message>
    <message>
        <source>Replace it by a good copy and verify it, or remove it.</source>
        <translation>请换成完好的文件再校验，或把它移除。</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>已损坏</translation>
    </message>
    <message>
        <source>under a minute</source>
        <translation>不到 1 分钟</translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation>{minutes} 分钟</translation>
    </message>
    <message>
        <source>{hours} h</source>
        <translation>{hours} 小时</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} 小时 {minutes} 分钟</translation>
    </message>
    <message>
        <source>under a minute left</source>
        <translation>剩不到 1 分钟</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>约剩 {time}</translation>
    </message>
    <message>
        <source>d MMM</source>
        <translation>M 月 d 日</translation>
    </message>
    <message>
        <source>d MMM yyyy</source>
        <translation>yyyy 年 M 月 d 日</translation>
    </message>
    <message>
        <source>Release memory</source>
        <translation>释放内存</translation>
    </message>
    <message>
        <source>Use anyway…</source>
        <translation>仍然使用…</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Say where it is…</source>
        <translation>指出位置…</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>重新查看</translation>
    </message>
    <message>
        <source>Download again…</source>
        <translation>重新下载…</translation>
    </message>
    <message>
        <source>Details…</source>
        <translation>详细信息…</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Prompt template…</source>
        <translation>提示模板…</translation>
    </message>
    <message>
        <source>Verify again</source>
        <translation>重新校验</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Make smaller…</source>
        <translation>缩小模型…</translation>
    </message>
    <message>
        <source>Export a copy…</source>
        <translation>导出副本…</translation>
    </message>
    <message>
        <source>Offline pack…</source>
        <translation>导出离线包…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>从列表中移除</translation>
    </message>
    <message>
        <source>Menu of {name}</source>
        <translation>{name} 的菜单</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Import file…</source>
        <translation>导入文件…</translation>
    </message>
    <message>
        <source>Download model…</source>
        <translation>下载模型…</translation>
    </message>
    <message>
        <source>Show the sidebar</source>
        <translation>显示侧边栏</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Models on this computer</source>
        <translation>本机的模型</translation>
    </message>
    <message>
        <source>{count} models, {size}</source>
        <translation>共 {count} 个，占 {size}</translation>
    </message>
    <message>
        <source>{size} free on the disk</source>
        <translation>磁盘剩余 {size}</translation>
    </message>
    <message>
        <source>Choose a BELLE model…</source>
        <translation>选择 BELLE 模型…</translation>
    </message>
    <message>
        <source>Memory available {free} / {total}</source>
        <translation>内存可用 {free} / {total}</translation>
    </message>
    <message>
        <source>No model is installed yet</source>
        <translation>还没有安装模型</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Verifying {name}</source>
        <translation>正在校验 {name}</translation>
    </message>
    <message>
        <source>Copying {name}</source>
        <translation>正在复制 {name}</translation>
    </message>
    <message>
        <source>Making an offline pack of {name}</source>
        <translation>正在制作 {name} 的离线包</translation>
    </message>
    <message>
        <source>Importing {name}</source>
        <translation>正在导入 {name}</translation>
    </message>
    <message>
        <source>Moving {name} to the trash</source>
        <translation>正在把 {name} 移到回收站</translation>
    </message>
    <message>
        <source>Bringing {name} back</source>
        <translation>正在恢复 {name}</translation>
    </message>
    <message>
        <source>beginning</source>
        <translation>正在开始</translation>
    </message>
    <message>
        <source>A file…</source>
        <translation>选择文件…</translation>
    </message>
    <message>
        <source>A folder…</source>
        <translation>选择文件夹…</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>A BELLE model…</source>
        <translation>选择 BELLE 模型…</translation>
    </message>
    <message>
        <source>Another model from the hub…</source>
        <translation>从 Hub 下载其他模型…</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
</context>
<context>
    <name>ModelsScreen</name>
    <message>
        <source>Use it</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>{name} is installed</source>
        <translation>{name} 已装好</translation>
    </message>
    <message>
        <source>What can I do about this? {problem}</source>
        <translation>遇到这个问题该怎么办？{problem}</translation>
    </message>
    <message>
        <source>Cancel the install of {name}?</source>
        <translation>取消安装 {name} 吗？</translation>
    </message>
    <message>
        <source>{size} that are done already would be thrown away. A pause keeps them.</source>
        <translation>已经完成的 {size} 会丢掉。暂停则会保留。</translation>
    </message>
    <message>
        <source>Cancel the install</source>
        <translation>取消安装</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>不取消</translation>
    </message>
    <message>
        <source>Choose the key file</source>
        <translation>选择密钥文件</translation>
    </message>
    <message>
        <source>Install {name}</source>
        <translation>安装 {name}</translation>
    </message>
    <message>
        <source>From {repository}.</source>
        <translation>来自 {repository}。</translation>
    </message>
    <message>
        <source>Import a folder</source>
        <translation>导入文件夹</translation>
    </message>
    <message>
        <source>Import a file</source>
        <translation>导入文件</translation>
    </message>
    <message>
        <source>Make {name} smaller</source>
        <translation>缩小 {name}</translation>
    </message>
    <message>
        <source>{name} stays as it is.</source>
        <translation>{name} 保持不变。</translation>
    </message>
    <message>
        <source>Convert {name}</source>
        <translation>转换 {name}</translation>
    </message>
    <message>
        <source>A file is made that ChatBELLE can use; {name} stays as it is.</source>
        <translation>会生成一个 ChatBELLE 能用的文件，{name} 保持不变。</translation>
    </message>
    <message>
        <source>Decrypt {name}</source>
        <translation>还原 {name}</translation>
    </message>
    <message>
        <source>Decrypting, converting and quantizing is one pass; no copy in between is written.</source>
        <translation>解密、转换和量化一次完成，不产生中间文件。</translation>
    </message>
    <message>
        <source>What is in it is used, the rest is downloaded; {name} stays as it is.</source>
        <translation>使用里面已有的文件，其余的会下载；{name} 本身不会改动。</translation>
    </message>
    <message>
        <source>Join the parts of {name}</source>
        <translation>合并 {name} 的各部分</translation>
    </message>
    <message>
        <source>The parts stay.</source>
        <translation>原来的各部分会保留。</translation>
    </message>
    <message>
        <source>What is here already is used, the rest is downloaded.</source>
        <translation>已有的文件直接使用，只下载缺少的。</translation>
    </message>
    <message>
        <source>Complete {name}</source>
        <translation>补全 {name}</translation>
    </message>
    <message>
        <source>Imported and checked</source>
        <translation>已导入并核对</translation>
    </message>
</context>
<context>
    <name>MoreFoldersRow</name>
    <message>
        <source>More models folders</source>
        <translation>其他模型文件夹</translation>
    </message>
    <message>
        <source>On other drives; new models go into the one above</source>
        <translation>在别的磁盘上；新模型放进上面那个文件夹</translation>
    </message>
</context>
<context>
    <name>MoveSheet</name>
    <message>
        <source>Stopped. Everything is where it was.</source>
        <translation>已停止，一切都在原来的位置。</translation>
    </message>
    <message>
        <source>The models are in {folder} now.</source>
        <translation>模型现在在 {folder}。</translation>
    </message>
    <message>
        <source>In the old folder, {folder}, stays what is not of ChatBELLE: {names}.</source>
        <translation>原文件夹 {folder} 里留下了不属于 ChatBELLE 的文件：{names}。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Moving…</source>
        <translation>正在移动…</translation>
    </message>
    <message>
        <source>Choose where the models shall be.</source>
        <translation>请选择模型要放在哪里。</translation>
    </message>
    <message>
        <source>{size} on the same drive: that takes a moment.</source>
        <translation>共 {size}，在同一个磁盘上，很快就好。</translation>
    </message>
    <message>
        <source>There are no models yet: that takes a moment.</source>
        <translation>还没有模型，很快就好。</translation>
    </message>
    <message>
        <source>{size} are copied and checked, then removed from the old place; {free} are free there. This takes minutes.</source>
        <translation>共 {size}，先复制并校验，再从原位置删除；那里还有 {free} 可用。需要几分钟。</translation>
    </message>
    <message>
        <source>Move the models folder</source>
        <translation>移动模型文件夹</translation>
    </message>
    <message>
        <source>All models go along, and nothing is lost if it is cut off. No model answers meanwhile.</source>
        <translation>所有模型一起移动，中途断开也不会丢失。移动时模型不能回答。</translation>
    </message>
    <message>
        <source>New folder</source>
        <translation>新文件夹</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>移动</translation>
    </message>
    <message>
        <source>Bringing everything back…</source>
        <translation>正在全部移回…</translation>
    </message>
</context>
<context>
    <name>NoticeArea</name>
    <message>
        <source>Copy report</source>
        <translation>复制报告</translation>
    </message>
</context>
<context>
    <name>PathField</name>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
</context>
<context>
    <name>PlanPage</name>
    <message>
        <source>Before it begins</source>
        <translation>开始之前</translation>
    </message>
    <message>
        <source>Looking at what has to be done…</source>
        <translation>正在计算要做哪些事…</translation>
    </message>
    <message>
        <source>There is no plan yet.</source>
        <translation>还没有安装计划。</translation>
    </message>
    <message>
        <source>This is what happens for {name}. You can stop it at any time.</source>
        <translation>准备 {name} 要做这些事，你随时可以停下来。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>1 file</source>
        <translation>1 个文件</translation>
    </message>
    <message>
        <source>{n} files</source>
        <translation>{n} 个文件</translation>
    </message>
    <message>
        <source>on the first small files</source>
        <translation>先用最小的几个文件试</translation>
    </message>
    <message>
        <source>into {size} ({type})</source>
        <translation>变成 {size}（{type}）</translation>
    </message>
    <message>
        <source>decrypt, convert and quantize in one pass</source>
        <translation>解密、转换、量化一次完成</translation>
    </message>
    <message>
        <source>convert and quantize in one pass</source>
        <translation>转换和量化一次完成</translation>
    </message>
    <message>
        <source>Read the finished file once and note its checksum</source>
        <translation>把装好的文件读一遍，记下校验值</translation>
    </message>
    <message>
        <source>Let the model answer a sentence</source>
        <translation>让模型回答一句话</translation>
    </message>
    <message>
        <source>Room on the drive: {need} at most while it goes on, {free} are free; {size} stay in use.</source>
        <translation>磁盘：安装时最多占 {need}，现在剩余 {free}；装好后占 {size}。</translation>
    </message>
    <message>
        <source>Room on the drive: none, the file is used where it is.</source>
        <translation>磁盘：不占空间，直接使用原来的文件。</translation>
    </message>
    <message>
        <source>Memory while chatting: {need}, {free} are free now.</source>
        <translation>内存：聊天时占 {need}，现在可用 {free}。</translation>
    </message>
    <message>
        <source>Time: {time}; done at about {clock} if you start now.</source>
        <translation>时间：{time}；现在开始，大约 {clock} 完成。</translation>
    </message>
    <message>
        <source>Time: {time} after the download, which depends on the network.</source>
        <translation>时间：下载之后{time}；下载要多久取决于网络。</translation>
    </message>
    <message>
        <source>Choose another folder</source>
        <translation>换一个文件夹</translation>
    </message>
    <message>
        <source>Choose another model</source>
        <translation>换一个模型</translation>
    </message>
    <message>
        <source>Choose another source</source>
        <translation>换一个来源</translation>
    </message>
    <message>
        <source>Choose another key file</source>
        <translation>换一个密钥文件</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>重新查看</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>以后再说</translation>
    </message>
</context>
<context>
    <name>PlanSheet</name>
    <message>
        <source>Working out what it takes…</source>
        <translation>正在计算需要多少空间和时间…</translation>
    </message>
    <message>
        <source>Downloads {size}.</source>
        <translation>需要下载 {size}。</translation>
    </message>
    <message>
        <source>Takes {size} of disk space, {peak} while it runs; {free} are free.</source>
        <translation>占用磁盘 {size}，安装过程中最多 {peak}，现在剩余 {free}。</translation>
    </message>
    <message>
        <source>In use it needs {size} of memory: {verdict}.</source>
        <translation>使用时需要内存 {size}：{verdict}。</translation>
    </message>
    <message>
        <source>Working time about {time}.</source>
        <translation>大约需要 {time}。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>I have read these terms and accept them</source>
        <translation>我已阅读并接受这些条款</translation>
    </message>
</context>
<context>
    <name>Privacy</name>
    <message>
        <source>Everything stays on this computer</source>
        <translation>一切都留在这台电脑上</translation>
    </message>
    <message>
        <source>Models run here. Your messages, the answers and the files you add are not sent anywhere, and there is no account and no statistics about you.</source>
        <translation>模型就在这里运行。你的消息、回答和添加的文件都不会发到别处；不需要账号，也不统计你的任何信息。</translation>
    </message>
    <message>
        <source>When the app uses the network</source>
        <translation>什么时候会联网</translation>
    </message>
    <message>
        <source>Chatting never does. It only goes online when you ask it to, for example to download a model.</source>
        <translation>聊天从不联网。只有你要求时才会，比如下载模型。</translation>
    </message>
    <message>
        <source>Where chats are kept</source>
        <translation>聊天保存在哪里</translation>
    </message>
    <message>
        <source>In one file, chats.db, in the data folder, not encrypted: whoever can read your files can read your chats. A deleted chat can be restored until the app ends.</source>
        <translation>在数据文件夹的 chats.db 一个文件里，没有加密：能读你文件的人就能读你的聊天。删除的聊天在应用退出前可以恢复。</translation>
    </message>
</context>
<context>
    <name>ProblemPanel</name>
    <message>
        <source>Ask the built-in guide</source>
        <translation>问问内置向导</translation>
    </message>
    <message>
        <source>Hide details</source>
        <translation>收起详情</translation>
    </message>
    <message>
        <source>Show details</source>
        <translation>查看详情</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>复制详情</translation>
    </message>
</context>
<context>
    <name>ProgressPage</name>
    <message>
        <source>Setting up {name}</source>
        <translation>正在准备 {name}</translation>
    </message>
    <message>
        <source>While you wait, you can go on chatting with the built-in guide.</source>
        <translation>等待的时候，可以继续和内置向导聊天。</translation>
    </message>
    <message>
        <source>What has been downloaded so far will be deleted.</source>
        <translation>已经下载的部分会被删除。</translation>
    </message>
    <message>
        <source>End the installation?</source>
        <translation>要取消安装吗？</translation>
    </message>
    <message>
        <source>End and delete</source>
        <translation>取消并删除</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>{need} needed, {free} were free</source>
        <translation>需要 {need}，剩余 {free}</translation>
    </message>
    <message>
        <source>Check computer and drive</source>
        <translation>检查电脑和磁盘</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>It begins as soon as another installation is done.</source>
        <translation>前面的安装完成后就开始。</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在开始…</translation>
    </message>
    <message>
        <source>Paused. It goes on where it was.</source>
        <translation>已暂停，之后会从断开的地方继续。</translation>
    </message>
    <message>
        <source>You may close the window: next time it goes on where it was.</source>
        <translation>关掉窗口也不要紧，下次打开会从断开的地方继续。</translation>
    </message>
    <message>
        <source>Done at about {clock}.</source>
        <translation>大约 {clock} 完成。</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Cancel the download</source>
        <translation>取消下载</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>已跳过</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Restore and convert to {type}</source>
        <translation>还原权重并转换为 {type}</translation>
    </message>
    <message>
        <source>Convert and quantize to {type}</source>
        <translation>转换并量化为 {type}</translation>
    </message>
    <message>
        <source>{key} fits: a small file was opened with it, its checksum is right</source>
        <translation>{key} 可用：试解一个小文件，校验一致</translation>
    </message>
    <message>
        <source>With {key}, on the first small files</source>
        <translation>用 {key} 先试解小文件</translation>
    </message>
    <message>
        <source>From {before} to about {after}, in one pass</source>
        <translation>从 {before} 缩小到约 {after}，一次完成</translation>
    </message>
    <message>
        <source>Read the finished file once and note its checksum</source>
        <translation>把装好的文件读一遍，记下校验值</translation>
    </message>
    <message>
        <source>Let the model answer a sentence, to be sure that it works</source>
        <translation>让模型回答一句话，确认可用</translation>
    </message>
    <message>
        <source>{done} / {total}</source>
        <translation>{done} / {total}</translation>
    </message>
    <message>
        <source>Loading the model and asking it something</source>
        <translation>正在载入模型并提问</translation>
    </message>
    <message>
        <source>looking at what is here already</source>
        <translation>正在查看已有的部分</translation>
    </message>
    <message>
        <source>comparing checksums</source>
        <translation>正在核对校验值</translation>
    </message>
    <message>
        <source>waiting before the next attempt</source>
        <translation>稍后重试</translation>
    </message>
    <message>
        <source>nothing arrives; it will try again</source>
        <translation>没有收到数据，会自动重试</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Back to the chat</source>
        <translation>返回聊天</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>查看详细记录</translation>
    </message>
</context>
<context>
    <name>ProxyRow</name>
    <message>
        <source>Until then it stays as it was.</source>
        <translation>改正之前，仍按原来的设置。</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>A way around a closed network, for downloads</source>
        <translation>网络受限时，经由它下载</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>None</source>
        <translation>不使用</translation>
    </message>
    <message>
        <source>Another one</source>
        <translation>另外指定</translation>
    </message>
    <message>
        <source>Address of the proxy</source>
        <translation>代理地址</translation>
    </message>
</context>
<context>
    <name>RowActions</name>
    <message>
        <source>Built-in guide</source>
        <translation>内置向导</translation>
    </message>
    <message>
        <source>It needs {need} of memory, {free} can be had ({short}). The computer would swap to the disk and answer very slowly, and other programs would too. A smaller copy of the model, or closing other programs, helps.</source>
        <translation>它需要 {need} 内存，现在只有 {free}（{short}）。电脑会改用磁盘代替内存，回答会非常慢，其他程序也会变慢。可以缩小模型，或先关闭其他程序。</translation>
    </message>
    <message>
        <source>{name} does not fit into memory</source>
        <translation>内存放不下 {name}</translation>
    </message>
    <message>
        <source>Use anyway</source>
        <translation>仍然使用</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Make {name} smaller</source>
        <translation>缩小 {name}</translation>
    </message>
    <message>
        <source>A copy in another type is made; {name} stays. Quantizing a quantized model again costs some quality: the original files give a better result.</source>
        <translation>会另外生成一个类型不同的副本，{name} 保留。已经量化过的模型再量化会损失一些质量，用原始文件转换效果更好。</translation>
    </message>
    <message>
        <source>{name} is whole</source>
        <translation>{name} 完好</translation>
    </message>
    <message>
        <source>Every byte is as it should be.</source>
        <translation>每个字节都核对无误。</translation>
    </message>
    <message>
        <source>{name} is not whole</source>
        <translation>{name} 不完好</translation>
    </message>
    <message>
        <source>Its row says what to do.</source>
        <translation>它那一行写着该怎么办。</translation>
    </message>
    <message>
        <source>Where is {name} now?</source>
        <translation>{name} 现在在哪里？</translation>
    </message>
    <message>
        <source>Export a copy</source>
        <translation>导出副本</translation>
    </message>
    <message>
        <source>Zip file (*.zip)</source>
        <translation>Zip 文件 (*.zip)</translation>
    </message>
    <message>
        <source>Folder (*)</source>
        <translation>文件夹 (*)</translation>
    </message>
    <message>
        <source>Offline pack</source>
        <translation>离线包</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Saved and checked</source>
        <translation>已保存并核对</translation>
    </message>
    <message>
        <source>Model removed</source>
        <translation>模型已移除</translation>
    </message>
    <message>
        <source>Removed last time</source>
        <translation>上次移除的模型</translation>
    </message>
    <message>
        <source>{name}; its file stays where it is</source>
        <translation>{name}，文件留在原处</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>SettingRow</name>
    <message>
        <source>{n} tokens</source>
        <translation>{n} 词元</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Interface language</source>
        <translation>界面语言</translation>
    </message>
    <message>
        <source>Changes at once</source>
        <translation>立即生效</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Everything grows with it, in percent</source>
        <translation>界面会一起放大，单位是百分比</translation>
    </message>
    <message>
        <source>Wide answers</source>
        <translation>宽版回答</translation>
    </message>
    <message>
        <source>Up to 1080 instead of 760 pixels</source>
        <translation>最宽 1080 像素，平时是 760</translation>
    </message>
    <message>
        <source>Every chat</source>
        <translation>所有聊天</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>系统提示词</translation>
    </message>
    <message>
        <source>Put before every chat; BELLE was trained without one</source>
        <translation>放在每次聊天的最前面；BELLE 训练时没有用过</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Use the model's own values</source>
        <translation>使用模型自带的参数</translation>
    </message>
    <message>
        <source>What its makers recommend, in place of the values below</source>
        <translation>用作者推荐的值，不用下面的</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Lower is steadier, higher is more varied</source>
        <translation>越低越稳定，越高越多变</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Keeps the likeliest tokens up to this share</source>
        <translation>只在累计概率达到这个值的词元里选</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Keeps this many of the likeliest tokens</source>
        <translation>只在最可能的这么多个词元里选</translation>
    </message>
    <message>
        <source>Repeat penalty</source>
        <translation>重复惩罚</translation>
    </message>
    <message>
        <source>Above 1 discourages repetition</source>
        <translation>大于 1 会减少重复</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>最长回答</translation>
    </message>
    <message>
        <source>Stops earlier when the model is finished</source>
        <translation>模型说完就会提前停下</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Context length</source>
        <translation>上下文长度</translation>
    </message>
    <message>
        <source>How much of the chat the model keeps in view</source>
        <translation>模型能记住多少聊天内容</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Processor threads</source>
        <translation>处理器线程</translation>
    </message>
    <message>
        <source>0 uses one per physical core</source>
        <translation>0 表示每个物理核心一个</translation>
    </message>
    <message>
        <source>Use the graphics card</source>
        <translation>使用显卡</translation>
    </message>
    <message>
        <source>Only where this build supports one</source>
        <translation>只在这个版本支持显卡时有效</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>Forbid all connections</source>
        <translation>禁止所有连接</translation>
    </message>
    <message>
        <source>No model can be fetched then; chatting never needs a connection</source>
        <translation>之后无法下载模型；聊天从不需要连接</translation>
    </message>
    <message>
        <source>Keep downloaded files</source>
        <translation>保留下载的文件</translation>
    </message>
    <message>
        <source>Also after the model is made of them; they take as much space again</source>
        <translation>制成模型后也保留；它们会再占用一份空间</translation>
    </message>
    <message>
        <source>Models folder</source>
        <translation>模型文件夹</translation>
    </message>
    <message>
        <source>Empty: in the data folder</source>
        <translation>留空：位于数据文件夹中</translation>
    </message>
    <message>
        <source>More models folders</source>
        <translation>更多模型文件夹</translation>
    </message>
    <message>
        <source>On other drives; a JSON list of paths</source>
        <translation>位于其他磁盘；JSON 格式的路径列表</translation>
    </message>
    <message>
        <source>Where models are fetched from</source>
        <translation>从哪里下载模型</translation>
    </message>
    <message>
        <source>Empty: what HF_ENDPOINT says, else the official hub</source>
        <translation>留空：按 HF_ENDPOINT，否则用官方站点</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Empty: like the system; “direct”: none; else its address</source>
        <translation>留空：跟随系统；“direct”：不用代理；否则填写它的地址</translation>
    </message>
    <message>
        <source>Access token</source>
        <translation>访问令牌</translation>
    </message>
    <message>
        <source>Sent to the official hub only, and never shown or logged</source>
        <translation>只发送给官方站点，绝不显示或写入日志</translation>
    </message>
</context>
<context>
    <name>SettingsCategories</name>
    <message>
        <source>General</source>
        <translation>通用</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>聊天</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Performance</source>
        <translation>性能</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>隐私</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>Where to download from</source>
        <translation>从哪里下载</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>许可证</translation>
    </message>
</context>
<context>
    <name>SettingsWindow</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>Category</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>No setting has these words. Try another one, or fewer.</source>
        <translation>没有设置含这些字。换一个词，或者少写几个字试试。</translation>
    </message>
</context>
<context>
    <name>SetupPage</name>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>What has been downloaded is kept.</source>
        <translation>已经下载的部分会保留。</translation>
    </message>
</context>
<context>
    <name>SetupPlace</name>
    <message>
        <source>Have a look</source>
        <translation>去看看</translation>
    </message>
    <message>
        <source>{name} is ready</source>
        <translation>{name} 可以用了</translation>
    </message>
</context>
<context>
    <name>SetupWizard</name>
    <message>
        <source>Step {number} of {total}</source>
        <translation>第 {number} 步，共 {total} 步</translation>
    </message>
</context>
<context>
    <name>SetupWords</name>
    <message>
        <source>7B models, small (Q4)</source>
        <translation>7B 模型，较小（Q4）</translation>
    </message>
    <message>
        <source>7B models, nearly the original (Q8)</source>
        <translation>7B 模型，接近原版（Q8）</translation>
    </message>
    <message>
        <source>13B models, small (Q4)</source>
        <translation>13B 模型，较小（Q4）</translation>
    </message>
    <message>
        <source>13B models, nearly the original (Q8)</source>
        <translation>13B 模型，接近原版（Q8）</translation>
    </message>
    <message>
        <source>This computer has too little memory for BELLE models. You can still use the built-in guide.</source>
        <translation>这台电脑的内存不够运行 BELLE 模型，你仍然可以使用内置向导。</translation>
    </message>
    <message>
        <source>Other programs use much of the memory now. Close some before you chat with a model.</source>
        <translation>别的程序现在占用了不少内存。和模型聊天之前，请先关掉一些。</translation>
    </message>
    <message>
        <source>With so few cores, answers come slowly.</source>
        <translation>处理器核心较少，回答会比较慢。</translation>
    </message>
    <message>
        <source>With so many cores, answers come quickly.</source>
        <translation>处理器核心多，回答会比较快。</translation>
    </message>
    <message>
        <source>No drive has room for a BELLE model. Make 13 GB free, or connect another drive.</source>
        <translation>没有磁盘放得下 BELLE 模型。请腾出 13 GB，或者接上另一个磁盘。</translation>
    </message>
    <message>
        <source>There is no room for the largest downloads.</source>
        <translation>最大的几个模型下载后放不下。</translation>
    </message>
    <message>
        <source>Another drive has more room. You can choose it on the next page.</source>
        <translation>另一个磁盘的空间更大，可以在下一页选择。</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>欢迎</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>存放位置</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Key file</source>
        <translation>密钥文件</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>分词器</translation>
    </message>
    <message>
        <source>Download and install</source>
        <translation>下载与安装</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>fits</source>
        <translation>适合</translation>
    </message>
    <message>
        <source>tight</source>
        <translation>吃紧</translation>
    </message>
    <message>
        <source>too big</source>
        <translation>不够</translation>
    </message>
    <message>
        <source>Download the model</source>
        <translation>下载模型</translation>
    </message>
    <message>
        <source>Test the key file</source>
        <translation>试用密钥文件</translation>
    </message>
    <message>
        <source>Convert and quantize</source>
        <translation>转换并量化</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>校验</translation>
    </message>
    <message>
        <source>Try it</source>
        <translation>试运行</translation>
    </message>
    <message>
        <source>needs {need}, {left} short</source>
        <translation>需要 {need}，差 {left}</translation>
    </message>
    <message>
        <source>needs {need}, {left} left</source>
        <translation>需要 {need}，余 {left}</translation>
    </message>
    <message>
        <source>{size} download</source>
        <translation>下载 {size}</translation>
    </message>
    <message>
        <source>{size} installed ({type})</source>
        <translation>装好后 {size}（{type}）</translation>
    </message>
    <message>
        <source>less than a minute</source>
        <translation>不到 1 分钟</translation>
    </message>
    <message>
        <source>about 1 minute</source>
        <translation>约 1 分钟</translation>
    </message>
    <message>
        <source>about {n} minutes</source>
        <translation>约 {n} 分钟</translation>
    </message>
    <message>
        <source>about 1 hour</source>
        <translation>约 1 小时</translation>
    </message>
    <message>
        <source>about {n} hours</source>
        <translation>约 {n} 小时</translation>
    </message>
    <message>
        <source>about {h} h {m} min</source>
        <translation>约 {h} 小时 {m} 分钟</translation>
    </message>
    <message>
        <source>about 1 minute left</source>
        <translation>约剩 1 分钟</translation>
    </message>
    <message>
        <source>about {n} minutes left</source>
        <translation>约剩 {n} 分钟</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>还剩{time}</translation>
    </message>
    <message>
        <source>{n} MB/s</source>
        <translation>{n} MB/秒</translation>
    </message>
    <message>
        <source>{n} kB/s</source>
        <translation>{n} kB/秒</translation>
    </message>
    <message>
        <source>No such file here</source>
        <translation>找不到这个文件</translation>
    </message>
    <message>
        <source>An empty file</source>
        <translation>文件是空的</translation>
    </message>
    <message>
        <source>A converted file, not Meta's own</source>
        <translation>这是转换过的文件，不是 Meta 的原始文件</translation>
    </message>
    <message>
        <source>A file of LLaMA 2</source>
        <translation>这是 LLaMA 2 的文件</translation>
    </message>
    <message>
        <source>A file of another size of LLaMA</source>
        <translation>这是另一种大小的 LLaMA 的文件</translation>
    </message>
    <message>
        <source>Saved again: not Meta's bytes any more</source>
        <translation>被重新保存过，内容和 Meta 的不同了</translation>
    </message>
    <message>
        <source>Not the whole file</source>
        <translation>文件不完整</translation>
    </message>
    <message>
        <source>Only a Git LFS pointer</source>
        <translation>只是一个 Git LFS 指针文件</translation>
    </message>
    <message>
        <source>A web page, not the file</source>
        <translation>这是一个网页，不是需要的文件</translation>
    </message>
    <message>
        <source>Not the file that is needed</source>
        <translation>不是需要的文件</translation>
    </message>
</context>
<context>
    <name>Shortcuts</name>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Search chats</source>
        <translation>搜索聊天</translation>
    </message>
    <message>
        <source>Show or hide the sidebar</source>
        <translation>展开或收起侧栏</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Send the message</source>
        <translation>发送消息</translation>
    </message>
    <message>
        <source>New line in the message</source>
        <translation>消息里换行</translation>
    </message>
    <message>
        <source>Stop the answer; close what is open</source>
        <translation>停止回答；关闭打开的东西</translation>
    </message>
    <message>
        <source>Rename the chat in the sidebar</source>
        <translation>重命名侧栏里的聊天</translation>
    </message>
    <message>
        <source>Delete the chat in the sidebar</source>
        <translation>删除侧栏里的聊天</translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>更早</translation>
    </message>
    <message>
        <source>No chat has these words in its title.</source>
        <translation>没有标题含这些字的聊天。</translation>
    </message>
    <message>
        <source>No chats yet. What you and the model say is only kept on this computer.</source>
        <translation>还没有聊天。你和模型说的话只保存在这台电脑上。</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Chats</source>
        <translation>聊天</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Hide the sidebar</source>
        <translation>收起侧栏</translation>
    </message>
    <message>
        <source>Search chats</source>
        <translation>搜索聊天</translation>
    </message>
    <message>
        <source>New title</source>
        <translation>新标题</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>SourceCard</name>
    <message>
        <source>not reachable</source>
        <translation>连不上</translation>
    </message>
    <message>
        <source>answers after {n} s</source>
        <translation>{n} 秒后有回应</translation>
    </message>
    <message>
        <source>fastest</source>
        <translation>最快</translation>
    </message>
    <message>
        <source>{rate}, {wait}</source>
        <translation>{rate}，{wait}</translation>
    </message>
    <message>
        <source>Testing the sources…</source>
        <translation>正在测速…</translation>
    </message>
    <message>
        <source>Test the sources</source>
        <translation>给各个来源测速</translation>
    </message>
    <message>
        <source>Fastest from here: {name}</source>
        <translation>在这里最快的是 {name}</translation>
    </message>
    <message>
        <source>None of them can be reached now. Check the network, or use files you have.</source>
        <translation>现在都连不上。请检查网络，或者使用你已有的文件。</translation>
    </message>
    <message>
        <source>Takes some seconds and downloads a few MB.</source>
        <translation>需要几秒钟，会下载几 MB。</translation>
    </message>
    <message>
        <source>The official hub, huggingface.co</source>
        <translation>官方站点，huggingface.co</translation>
    </message>
    <message>
        <source>A mirror run by volunteers, hf-mirror.com; often faster in mainland China</source>
        <translation>志愿者维护的镜像，hf-mirror.com，在中国大陆通常更快</translation>
    </message>
    <message>
        <source>Another address</source>
        <translation>其他地址</translation>
    </message>
    <message>
        <source>A server that speaks the hub's protocol</source>
        <translation>任何兼容 Hugging Face 的服务器</translation>
    </message>
    <message>
        <source>Address of the source</source>
        <translation>下载地址</translation>
    </message>
</context>
<context>
    <name>SourcePage</name>
    <message>
        <source>Where to download from</source>
        <translation>从哪里下载</translation>
    </message>
    <message>
        <source>The files are the same everywhere; every one is checked after the download.</source>
        <translation>各处的文件是一样的，每个文件下载后都会校验。</translation>
    </message>
    <message>
        <source>All connections are forbidden</source>
        <translation>已禁止所有网络连接</translation>
    </message>
    <message>
        <source>You said so in the settings. Nothing can be downloaded until they are allowed again.</source>
        <translation>这是你在设置里选的。重新允许之前，什么都不能下载。</translation>
    </message>
    <message>
        <source>Allow connections</source>
        <translation>允许连接</translation>
    </message>
    <message>
        <source>The system's proxy is used, if there is one. Another one can be set in the settings, under “Models”.</source>
        <translation>如果系统设了代理，就会使用它；也可以在设置的“模型”里另外指定。</translation>
    </message>
    <message>
        <source>No proxy is used. You can change that in the settings, under “Models”.</source>
        <translation>现在不使用代理，可以在设置的“模型”里更改。</translation>
    </message>
    <message>
        <source>The proxy {address} is used. You can change it in the settings, under “Models”.</source>
        <translation>现在使用代理 {address}，可以在设置的“模型”里更改。</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Built-in guide</source>
        <translation>内置向导</translation>
    </message>
    <message>
        <source>small model</source>
        <translation>小模型</translation>
    </message>
    <message>
        <source>{n} tokens/s</source>
        <translation>{n} 词元/秒</translation>
    </message>
    <message>
        <source>Context {used} / {total}</source>
        <translation>上下文 {used} / {total}</translation>
    </message>
    <message>
        <source>nearly full</source>
        <translation>将满</translation>
    </message>
    <message>
        <source>Runs offline</source>
        <translation>离线运行</translation>
    </message>
    <message>
        <source>answers can be wrong</source>
        <translation>回答可能有误，请核对</translation>
    </message>
</context>
<context>
    <name>StepButton</name>
    <message>
        <source>done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>current step</source>
        <translation>当前步骤</translation>
    </message>
    <message>
        <source>not needed</source>
        <translation>不需要</translation>
    </message>
    <message>
        <source>to do</source>
        <translation>未完成</translation>
    </message>
</context>
<context>
    <name>StepList</name>
    <message>
        <source>Steps</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Set up a BELLE model</source>
        <translation>准备 BELLE 模型</translation>
    </message>
    <message>
        <source>For study and research only,
not for commercial use.</source>
        <translation>模型只供学习和研究使用，
不可用于商业用途。</translation>
    </message>
</context>
<context>
    <name>TableBlock</name>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
</context>
<context>
    <name>TableHead</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Size and type</source>
        <translation>大小与类型</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
</context>
<context>
    <name>TemplateSheet</name>
    <message>
        <source>The file's own chat template</source>
        <translation>文件自带的对话模板</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>Prompt template of {name}</source>
        <translation>{name} 的提示模板</translation>
    </message>
    <message>
        <source>The form that your questions are put into for this model. With a wrong one answers are poor or never end. It is used from the next load on.</source>
        <translation>你的问题会按这个格式交给模型。格式不对，回答会变差或停不下来。下次载入时生效。</translation>
    </message>
</context>
<context>
    <name>TermsPage</name>
    <message>
        <source>Terms of use</source>
        <translation>使用条款</translation>
    </message>
    <message>
        <source>The makers of the model set them. Please read them before you go on.</source>
        <translation>这是模型作者的要求，请读过之后再继续。</translation>
    </message>
    <message>
        <source>Licence on the model's page: {licence}</source>
        <translation>模型页面标注的许可：{licence}</translation>
    </message>
    <message>
        <source>The terms in full (opens the browser)</source>
        <translation>条款全文（在浏览器中打开）</translation>
    </message>
    <message>
        <source>The model's page (opens the browser)</source>
        <translation>模型页面（在浏览器中打开）</translation>
    </message>
    <message>
        <source>I have read the terms and keep to them</source>
        <translation>我已阅读并会遵守这些条款</translation>
    </message>
    <message>
        <source>Licences in full</source>
        <translation>许可全文</translation>
    </message>
    <message>
        <source>ChatBELLE does not have the text of this licence. Read it here before you go on: {addresses}</source>
        <translation>ChatBELLE 中没有这份许可的全文。继续之前请先到这里阅读：{addresses}</translation>
    </message>
    <message>
        <source>{name} (opens the browser)</source>
        <translation>{name}（在浏览器中打开）</translation>
    </message>
</context>
<context>
    <name>TestRow</name>
    <message>
        <source>All connections are forbidden in the settings, under “Privacy”.</source>
        <translation>设置的“隐私”里已禁止所有网络连接。</translation>
    </message>
    <message>
        <source>How fast each is from here</source>
        <translation>各个来源的速度</translation>
    </message>
</context>
<context>
    <name>TextView</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>复制链接</translation>
    </message>
    <message>
        <source>Open in browser</source>
        <translation>在浏览器中打开</translation>
    </message>
</context>
<context>
    <name>TokenRow</name>
    <message>
        <source>A token has no spaces and no Chinese characters. Copy it once more.</source>
        <translation>令牌里没有空格，也没有中文。请重新复制一次。</translation>
    </message>
    <message>
        <source>One is stored; type another to replace it</source>
        <translation>已保存一个；输入新的可以替换</translation>
    </message>
    <message>
        <source>The one in HF_TOKEN is used; type another to use that</source>
        <translation>现在用的是 HF_TOKEN 里的；输入后改用新的</translation>
    </message>
    <message>
        <source>None is stored; type or paste one (hf_…)</source>
        <translation>还没有；在这里输入或粘贴（hf_…）</translation>
    </message>
    <message>
        <source>Access token</source>
        <translation>访问令牌</translation>
    </message>
    <message>
        <source>For models that want a login. It is sent to the official hub, huggingface.co, only, and kept in settings.json on this computer, not encrypted.</source>
        <translation>有些模型要登录才能下载。令牌只发给官方站点 huggingface.co，保存在这台电脑的 settings.json 里，没有加密。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Remove the access token</source>
        <translation>删除访问令牌</translation>
    </message>
</context>
<context>
    <name>UnfinishedRow</name>
    <message>
        <source>To {folder}. Until then no model can be added or removed.</source>
        <translation>移到 {folder}。完成之前，不能添加或删除模型。</translation>
    </message>
    <message>
        <source>A move was cut off</source>
        <translation>上次移动没有完成</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Go on with the move</source>
        <translation>继续移动</translation>
    </message>
    <message>
        <source>Bring all back</source>
        <translation>全部移回</translation>
    </message>
</context>
<context>
    <name>UpdatesRow</name>
    <message>
        <source>Updates</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>Open the page</source>
        <translation>打开网页</translation>
    </message>
    <message>
        <source>Look for an update</source>
        <translation>检查更新</translation>
    </message>
    <message>
        <source>ChatBELLE never looks for updates by itself. New versions come from where you got this one.</source>
        <translation>ChatBELLE 从不自行检查更新。新版本请到你获取本应用的地方下载。</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>正在查询…</translation>
    </message>
    <message>
        <source>Only when you press the button; the server is told this version's number.</source>
        <translation>只在你按下按钮时查询；服务器会得知本应用的版本号。</translation>
    </message>
    <message>
        <source>Version {version} is there; this is {present}.</source>
        <translation>有新版本 {version}；当前是 {present}。</translation>
    </message>
    <message>
        <source>This is the newest version.</source>
        <translation>已是最新版本。</translation>
    </message>
    <message>
        <source>This version ({present}) is ahead of the newest release ({version}).</source>
        <translation>当前版本（{present}）比最新发布的版本（{version}）还新。</translation>
    </message>
    <message>
        <source>Try later, or look where you got ChatBELLE from.</source>
        <translation>请稍后再试，或到你获取 ChatBELLE 的地方看看。</translation>
    </message>
    <message>
        <source>{what} {then}</source>
        <translation>{what}{then}</translation>
    </message>
</context>
<context>
    <name>UserMessage</name>
    <message>
        <source>You: {text}</source>
        <translation>你：{text}</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Edit your message</source>
        <translation>编辑你的消息</translation>
    </message>
</context>
<context>
    <name>VersionRow</name>
    <message>
        <source>Version {version}</source>
        <translation>版本 {version}</translation>
    </message>
</context>
<context>
    <name>_ToEnd</name>
    <message>
        <source>To the end</source>
        <translation>回到末尾</translation>
    </message>
</context>
</TS>