"""What the page says, in English and Chinese; English is the key.

A test holds that every key has its Chinese.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from polysense.modalities import describe

Language = Literal["en", "zh"]
Translate = Callable[[str], str]

CHINESE = {
    "Ask": "提问",
    "Library": "资料库",
    "Grid": "方阵",
    "Ask your files": "向你的文件提问",
    "Words, a screenshot, a photo, a sound, a mesh: whatever you have.": "文字、截图、照片、声音、模型都可以。",
    "Ask or search": "提问或搜索",
    "What do you want to know?": "你想知道什么？",
    "Answer as": "回答形式",
    "Filters": "筛选",
    "Search again": "再次搜索",
    "The language model may search again first.": "回答前，语言模型可以再次搜索。",
    "Add a file": "添加文件",
    "Record": "录音",
    "Stop recording": "停止录音",
    "Take a photo": "拍照",
    "Take it": "拍摄",
    "Cancel": "取消",
    "Ask with this": "用它提问",
    "Add to the library": "加入资料库",
    "The microphone cannot be used here.": "此处无法使用麦克风。",
    "The camera cannot be used here.": "此处无法使用摄像头。",
    "Only this kind": "仅限此类",
    "Any": "不限",
    "Folder": "文件夹",
    "Name has": "名称包含",
    "Changed after": "修改晚于",
    "Changed before": "修改早于",
    "Remove": "移除",
    "Evidence": "依据",
    "Found": "找到的",
    "More like this": "更多类似",
    "Why": "原因",
    "Close": "关闭",
    "Download": "下载",
    "Previous page": "上一页",
    "Next page": "下一页",
    "Page": "页",
    "Play": "播放",
    "Pause": "暂停",
    "Seek": "定位",
    "the cited seconds": "引用片段",
    "from": "来自",
    "Nothing found.": "没有找到。",
    "ways": "条路径",
    "way": "条路径",
    "Files and folders": "文件和文件夹",
    "Drop files or a folder here": "把文件或文件夹拖到这里",
    "Choose files": "选择文件",
    "Choose a folder": "选择文件夹",
    "Sending": "正在发送",
    "Could not be read": "无法读取",
    "Try again": "重试",
    "Stop": "停止",
    "files": "个文件",
    "places": "处",
    "Show more": "显示更多",
    "Find a file": "查找文件",
    "waiting": "等待中",
    "Nothing here yet.": "这里还没有内容。",
    "Nothing here yet. Add files": "这里还没有内容。添加文件",
    "Dark": "深色",
    "Light": "浅色",
    "Chinese": "中文",
    "English": "English",
    "Which way from what you ask with to what you get": "从提问方式到回答形式的路径",
    "Choose a cell to see the ways, and to ask so.": "点选一格查看路径，并以此方式提问。",
    "Ask so": "这样提问",
    "quality": "质量",
    "No way here": "没有路径",
    "A token is needed": "需要令牌",
    "Token": "令牌",
    "Enter": "进入",
    "That token is not known.": "令牌无效。",
    "Something went wrong": "出错了",
    "This can only be downloaded.": "只能下载。",
    "Skip to the question": "跳到提问框",
    "in": "用时",
    "All vectors are ready": "向量已全部就绪",
    "Vectors": "向量",
    "More is being added": "正在添加更多内容",
    "could not be read": "个无法读取",
    "Connection lost": "连接已断开",
    "Trying again. What you have typed and what was answered stays here.": "正在重新连接。你输入的内容和已有的回答都会保留。",
    "Back to the answer": "返回回答",
    "Asked before": "之前问过",
    "Go back to this question": "回到这个问题",
    "New conversation": "新对话",
    "Filters are on: only what fits them was looked at.": "筛选已开启：只查看了符合条件的内容。",
    "Ask again without filters": "不用筛选再问一次",
    "added": "个已添加",
    "show": "显示",
    "cited here": "此处引用",
    "row": "行",
    "Remove from the library": "从资料库移除",
    "Removed": "已移除",
    "Undo": "撤销",
    "A file is no longer here: add it again.": "有一个文件已不在这里：请重新添加。",
    "Nothing here yet. Add files in the library, then ask.": "这里还没有内容。请先在资料库中添加文件，再来提问。",
    "Go back to the question, or look into the library.": "请回到提问页，或到资料库里看看。",
    "Try again. If it happens again, tell whoever runs this server.": "请重试。如果再次出现，请告诉管理此服务器的人。",
    "Ask with words, a file, or both.": "请用文字、文件或两者一起提问。",
    "Look at the filters again: kind, folder, name, dates.": "请检查筛选条件：类型、文件夹、名称、日期。",
    "It may have been removed or renamed since: search again.": "它可能已被移除或改名：请重新搜索。",
    "Open the file in the program that made it and save it again, then add it again.": "请用制作该文件的程序打开并重新保存，然后再次添加。",
    "Save a copy without the password and add that.": "请另存一份无密码的副本，再添加它。",
    "Split it or make it smaller, then add it again.": "请拆分或缩小文件，然后再次添加。",
    "Save it as a common type, such as PDF, PNG, MP3, MP4 or plain text, then add it again.": "请另存为常见类型，如 PDF、PNG、MP3、MP4 或纯文本，然后再次添加。",
    "Choose another form of answer. The grid shows what can become what.": "请选择另一种回答形式。方阵页列出了各种可能的转换。",
    "Whoever runs this server has to see to it.": "需要由管理此服务器的人处理。",
    "Another program is writing to it: try again when that is done. Searching works meanwhile.": "另一个程序正在写入：请稍后重试。期间仍可搜索。",
    "Choose another name.": "请换一个名称。",
    "Sign in with a token.": "请用令牌登录。",
    "Your token does not allow this: ask whoever runs this server for another.": "你的令牌不允许这样做：请向管理此服务器的人索取另一个。",
    "Try again in a few seconds.": "请过几秒再试。",
    "Wait a little, then ask less often.": "请稍等，并放慢提问。",
    "Start it again: it goes on where it stopped.": "请重新开始：会从停下的地方继续。",
    "This cannot be asked so": "不能这样提问",
    "The filter cannot be read": "无法理解筛选条件",
    "This is not here": "这里没有此内容",
    "The file cannot be read": "无法读取该文件",
    "The file is empty": "文件是空的",
    "Choose a file with something in it.": "请选择有内容的文件。",
    "The file needs a password": "该文件需要密码",
    "The file is too large": "文件太大",
    "Nothing here reads this type of file": "这里无法读取此类文件",
    "Nothing here gives an answer of this form": "这里无法给出这种形式的回答",
    "The library cannot be used now": "资料库暂时无法使用",
    "The name is in use": "名称已被使用",
    "This needs a token": "需要令牌",
    "This is not allowed": "不允许这样做",
    "Too much is asked at once": "同时提问太多",
    "It was stopped": "已停止",
    "Something is not installed on the server": "服务器上缺少某个组件",
    "A setting of the server makes no sense": "服务器的某项设置有误",
    "queued": "排队",
    "running": "进行中",
    "done": "完成",
    "looking": "查看中",
    "reading": "读取中",
    "reading words": "识别文字",
}

JOB_STAGES = ("looking", "reading", "reading words")
"""What a job says of where it is; the spaces' names besides."""


def translator(language: Language) -> Translate:
    """What says a phrase in a language.

    >>> translator("zh")("Ask"), translator("en")("Ask")
    ('提问', 'Ask')
    """
    if language == "zh":
        return lambda phrase: CHINESE.get(phrase) or describe(phrase).title_zh
    return lambda phrase: describe(phrase).title


def preferred_language(accept: str) -> Language:
    """The language that a browser prefers, of the two.

    >>> [preferred_language(a) for a in ("zh-CN,zh;q=0.9,en;q=0.8", "de,en;q=0.5", "")]
    ['zh', 'en', 'en']
    """
    for piece in accept.lower().split(","):
        name = piece.partition(";")[0].strip()[:2]
        if name == "zh":
            return "zh"
        if name == "en":
            return "en"
    return "en"
