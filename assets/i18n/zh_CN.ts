<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Conversation</name>
    <message>
        <source>The context is full: start a new chat to go on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Earlier turns no longer fit; the model does not see them any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chat deleted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chat history could not be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was moved to {path}; a new, empty history was started.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting for the model…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading {done}/{total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopping…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>answering…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New chat</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Messages</name>
    <message>
        <source>Something went wrong inside ChatBELLE ({kind}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the report and send it to us; your chats are safe.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your chats were saved by a newer ChatBELLE (format {found}, known here: {known}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install the newest ChatBELLE. Your chats were not changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another program is using your chat history ({path}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other ChatBELLE windows or the backup that is running, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chat history cannot be written to {path}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the folder exists and that you may write to it, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chat history was damaged; it is kept as {path}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A new, empty history was started. A backup of the old file can be put back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk that holds {path} is full.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That chat is no longer there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another chat or start a new one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model file {path} is not there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another model or put the file back.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelChoice</name>
    <message>
        <source>Open a GGUF file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GGUF models (*.gguf)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open another file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the built-in guide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Built-in guide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>small model</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NoticeArea</name>
    <message>
        <source>Copy report</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Interface language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything grows with it, in percent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wide answers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up to 1080 instead of 760 pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put before every chat; BELLE was trained without one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the model&apos;s own values</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What its makers recommend, in place of the values below</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lower is steadier, higher is more varied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keeps the likeliest tokens up to this share</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keeps this many of the likeliest tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repeat penalty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Above 1 discourages repetition</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stops earlier when the model is finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Context length</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much of the chat the model keeps in view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Speed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processor threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>0 uses one per physical core</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the graphics card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only where this build supports one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Never</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
