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
    "added": "已添加",
    "show": "显示",
    "cited here": "此处引用",
    "row": "行",
    "Remove from the library": "从资料库移除",
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
