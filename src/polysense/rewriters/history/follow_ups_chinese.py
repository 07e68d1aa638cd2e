"""Follow-up questions in Chinese, made whole from the one before."""

from __future__ import annotations

import re

from polysense.question import Exchange
from polysense.rewriters.history.mentions import NOTHING_NAMED, Mentions

_PUNCTUATION = "？?。！!，, "
_CONJUNCTION = "(?:那么|那麼|那|可是|但是|还有|還有|以及|和)?"
_THING = "(?:它们|它們|它|牠|这个|這個|那个|那個|这座|那座|这条|那条|此|其|该|該)"
_PERSON = "(?:他们|她们|他們|她們|他|她)"
_PLACE = "(?:那里|那裡|那儿|那兒|这里|這裡|这儿|這兒)"
_ASKING = (
    "(?:(?:是)?(?:在)?(?:什么|什麼)(?:时候|時候|地方|时间|時間|原因|样|樣)?|(?:在)?哪(?:一)?(?:里|裡|儿|兒|年|天|个|個|座|条|條|位|家)?"
    "|(?:有)?多(?:少|高|长|長|大|重|深|宽|寬|远|遠|久|厚|快|老)|几(?:岁|年|个|点|月)?|為什麼|为什么|怎么|怎麼|怎样|如何|何时|何處|何处|谁|誰)"
)
_PREDICATE = re.compile(
    "是|有|在|由|被|多少|多|什么|什麼|哪|几|幾|怎|为什么|為什麼|何|谁|誰|会|會|能|要|可以|建|高|住|重|的|位于|位於|属于|属於|叫|吗|嗎|海拔|高度|长度|重量|面积|人口|价格|宽度|深度|温度|年龄|票价|容量|速度|收入|产量"
)
_MEASURE = re.compile(
    "营业收入|營業收入|营业额|营业額|销售额|銷售額|净利润|地址|电话|電話|直径|直徑|高度|重量|长度|長度|宽度|寬度|深度|厚度|面积|面積|体积|體積|人口|价格|價格|票价|票價|容量|速度|收入|利润|利潤|产量|產量|温度|溫度"
    "|年龄|年齡|海拔|距离|距離|功率|剂量|劑量|用量|保修期|航程|电量|电池|时长|员工数|員工數|人数|人數|数量|數量|成本|费用|費用"
)
"""What is measured of a thing: asked for after another, it is the thing's."""
_BARE = re.compile(
    rf"{_CONJUNCTION}(?:那|这|這)?(?:是(?=在)|是)?(?P<asking>(?:在)?(?:什么时候|什麼時候|何时|何時|哪一?年|哪一?天|几月|几点|哪里|哪裡|哪儿|什么地方|什麼地方|为什么|為什麼|谁|誰))(?:的)?(?:发生|發生)?(?:的)?(?:事)?(?:呢)?[{_PUNCTUATION}]*"
)
_YEAR = re.compile(r"\d{4}年")


_PERSON_TEXT = "先生 女士 小姐 太太 博士 教授 医生 醫生 老师 老師 师傅 同学 校长 经理"
_SURNAMES = (
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖田董袁潘于蒋蔣蔡余杜"
    "叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
)
_TITLED = re.compile(f"[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}?(?:{'|'.join(_PERSON_TEXT.split())})")
_NO_SUBJECT = re.compile(
    "(?:那么|那)?(?:(?:现在|現在|目前|后来|後來)有(?:多少|几|幾)(?!种|個|个).{1,3}"
    "|(?:是)?(?:什么时候|什麼時候|何时|何時|哪一?年|在哪里|在哪儿|怎么|怎麼|为什么|為什麼)(?:.{1,3}的|[^的])"
    "|几点(?:开门|关门|营业|开始|结束)|(?:一共|总共)?(?:花了|用了)(?:多少|几|幾|多久).{0,3})"
)
"""Asks something of what was spoken of, and does not name it: "什么时候开的？" """
_NO_THING = re.compile("能|会|會|可以|在|为|為|怎|如何|什么|什麼|几|幾|多|有|是|要|花|用|何|谁|誰")
"""What a question begins with that names nothing."""
_COMPARED = re.compile(
    "(?:那么|那)?(?:和|跟|与|與)(?P<other>.{2,12}?)(?:相比|比起来|比較|比较)(?:呢|怎么样|如何)?"
)
_CHOICE = re.compile(
    "(?:那么|那)?(?P<which>哪(?:一)?[个個家座种種条條]|谁|誰)(?P<rest>(?:更|比较|比較|最).{1,6})"
)
_WHEN = re.compile(
    "周末|週末|平时|平時|晚上|早上|上午|下午|(?:星期|周|週)[一二三四五六日天]|明天|昨天|节假日"
)
_THIS = re.compile(
    "(?:这|這|那|该|該)[个個座家所间間条條]?(?P<noun>[\u4e00-\u9fff]{1,3}?)(?=有|是|在|叫|的|什|何|多|几)"
)
_ROLE = re.compile(
    "(?:导演|作者|船长|校长|经理|总经理|老板|主席|设计师|建筑师|负责人|市长|院长|馆长|编剧|主演|教练|队长|创始人)(?:是谁|叫什么|姓什么)"
)
_CLASSIFIED = re.compile(
    "(?:这|那)[部本首幅款台辆艘只件间](?:[\u4e00-\u9fff]{1,2}?)(?=有多|是|在|多|叫|什么)"
)
"""A thing by its classifier: 这部剧, 这艘船."""
_RELATIONAL = re.compile(
    "(?:总部|總部|副作用|招牌菜|主厨|主廚|创始人|創始人|员工|員工|门票|門票|学生票|成分|症状|症狀|原因|用途|原料|材料"
    "|颜色|顏色|屏幕|电池|電池|特点|特點|优点|缺点|产品|產品|结局|結局|首都|人口|面积|重修|维修|維修|修复|修復|翻修|工程|建设|建設)"
    "(?=是|在|有|为|為|花|用|多|怎|什|需|要|何|几|叫)"
)
"""What something has, or happens to it, by nouns that are always of something."""
_TOPICLESS = re.compile(
    r"(?:\d{4}年有(?:多少|几|幾).{1,4}|在哪(?:里|裡|儿|[个個座]?.)|(?:星期|週|周)[几幾].{0,3}|多少[钱錢]"
    "|有[几幾].{1,2}|每[天年月周次].{0,2}[几幾多].{1,2}|有(?:什么|什麼|哪些)(?:副作用|症状|症狀|特点|特點|优点|缺点|成分|用途))"
)
"""Begins with what is said of a thing, and names none."""
_DIMENSION = re.compile("(?P<what>[高长長宽寬深重厚远遠大快])呢")
_VERB_BEHIND = re.compile(
    "(?:用于)?(?:治疗|治療|生产|生產|包括|使用|制造|製造|销售|銷售|出售|采用|採用|供应|星期|每[天年月周次].{0,2})+$"
)
_COUNTED = re.compile(
    "[一二两三四五六七八九十几](?:[个個面座把件种種本部幅只隻条條张張台口尊块塊名位款])"
)
_TIME = re.compile("现在|現在|目前|今天|后来|後來")
_CODE = re.compile(r"[A-Za-z]+-?\d+[A-Za-z\d-]*")
_YEAR_BEHIND = re.compile(r"\d{4}年?.*$")


def chinese_mentions_after(mentions: Mentions, exchange: Exchange) -> Mentions:
    """With what a whole question and its answer name, what they are most about as the latest.

    >>> founded = Exchange("谁创办了海棠书店？", "林婉清于1935年创办了海棠书店。")
    >>> chinese_mentions_after(Mentions(), founded)
    Mentions(persons=('林婉清',), things=('海棠书店',))
    """
    earlier = "".join(exchange.question.split()).strip(_PUNCTUATION)
    for name in (_thing(earlier, exchange.answer), _asked_name(earlier, exchange.answer)):
        if m := _TITLED.search(name):
            mentions = mentions.with_person(m.group())
        elif name and not name.startswith(mentions.persons):
            mentions = mentions.with_thing(name)
    if re.search("谁|誰", earlier):
        mentions = mentions.with_person(_new_name(earlier, exchange.answer))
    return mentions


def whole_chinese_question(words: str, before: Exchange, mentions: Mentions = NOTHING_NAMED) -> str:
    """The question with what it left to the one before; "" where it left nothing. mentions are what
    was named until then.

    >>> tall = Exchange("水塔有多高？", "水塔高38米。")
    >>> whole_chinese_question("它是哪一年建的？", tall)
    '水塔是哪一年建的？'
    >>> whole_chinese_question("灯塔呢？", tall)
    '灯塔有多高？'
    >>> whole_chinese_question("渡船几点开？", tall)
    ''
    """
    text = "".join(words.split())
    earlier = "".join(before.question.split()).strip(_PUNCTUATION)
    thing, person = _thing(earlier, before.answer), _person(earlier, before.answer)
    if not re.search("谁|誰|哪位|什么人", earlier) and not _is_person(person):
        person = mentions.person  # a pronoun of persons stands for no thing
    subject = thing
    is_of_person = _TITLED.search(thing) or thing.startswith(mentions.persons)
    thing = mentions.things[0] if is_of_person and mentions.things else thing
    bare = re.sub("^(?:那么|那(?!个|座|家|条|里))", "", text.strip(_PUNCTUATION))
    if m := _BARE.fullmatch(text):
        return _other_asking(earlier, m["asking"])
    if thing and (m := _DIMENSION.fullmatch(bare)):
        return f"{thing.partition('的')[0]}有多{m['what']}？"
    if whole := _without_subject(bare, earlier, thing or mentions.thing, mentions):
        return whole
    if (m := re.fullmatch(rf"{_CONJUNCTION}(?P<new>.{{1,20}}?)呢[{_PUNCTUATION}]*", text)) and not (
        re.search(f"{_ASKING}|{_PERSON}|{_THING}", m["new"])
    ):
        if thing and _MEASURE.fullmatch(m["new"]) and not _MEASURE.fullmatch(thing):
            when = year.group() if (year := _YEAR.search(earlier)) else ""
            what = "什么" if m["new"] in ("地址", "电话", "電話") else "多少"
            return f"{_MEASURE.sub('', thing).rstrip('的') or thing}{when}的{m['new']}是{what}？"
        return _substitute(earlier, m["new"], subject)
    m = _THIS.search(text)
    if m and (full := mentions.full_name_ending(m["noun"])):
        return f"{text[: m.start()]}{full}{text[m.end() :]}"
    for pattern, name in (
        (_PERSON, person),
        (_PLACE, thing or mentions.thing),
        (_THING, _asked_thing(earlier, mentions) or thing or mentions.thing),
    ):
        m = re.search(pattern, text)
        if m and name and _is_pronoun(text, m):
            rest = text[m.end() :]
            possessive = "的" if m.group() == "其" else ""
            return f"{text[: m.start()]}{name}{possessive}{rest}"
    if (m := re.match(rf"{_CONJUNCTION}(?:那|这|這)(?=是|有|在|由|被|多|叫|什)", text)) and thing:
        return f"{thing}{text[m.end() :]}"
    return ""


def _is_pronoun(text: str, m: re.Match[str]) -> bool:
    """Whether a match stands for something: not in a word (其中, 其他, 吉他), and nothing is named
    before it.
    """
    around = text[max(m.start() - 1, 0) : m.end() + 1]
    if any(
        word in around for word in ("其中", "其他", "其它", "其实", "其余", "吉他", "此外", "因此")
    ):
        return False
    return (
        m.start() <= 2
        or re.match("请问|請問|那么|那|在|为什么|為什麼|是谁|谁|誰", text) is not None
    )


def _asked_thing(earlier: str, mentions: Mentions) -> str:
    """What the question before asked for by "what": the dish, of "what is the inn's best dish?" """
    return mentions.thing if re.search("的.+是(?:什么|什麼)$", earlier) else ""


def _other_asking(earlier: str, asking: str) -> str:
    """The question before, asked for something else."""
    m = re.search(_ASKING, earlier)
    if not m:
        is_reason = asking in ("为什么", "為什麼") and re.search("[吗嗎]$", earlier)
        return f"{earlier}？{asking}？" if is_reason else ""
    if m.group() in ("谁", "誰") and m.start() == 0:
        rest = earlier[m.end() :].lstrip("是在")
        verb = re.match("(.{1,2}?)(?:了|过|過)(.+)", rest)
        phrase = f"{verb[2]}是{asking}{verb[1]}的" if verb else f"{asking}{rest}"
        return f"{phrase}？"
    return f"{earlier[: m.start()]}{asking}{earlier[m.end() :]}？"


def _substitute(earlier: str, new: str, thing: str) -> str:
    if (code := _CODE.fullmatch(new)) and (old := _CODE.search(earlier)):
        return f"{earlier[: old.start()]}{code.group()}{earlier[old.end() :]}？"
    if (year := _YEAR.search(new)) and _YEAR.search(earlier):
        return f"{_YEAR.sub(year.group(), earlier, count=1)}？"
    if year and re.fullmatch(r"(?:在)?\d{4}年", new):
        return f"{new}{earlier}？"
    # 松林站 for 竹林站: of the names in the question, one that ends alike
    for length in (2, 1):
        end = earlier.find(new[-length:])
        if len(new) > length and end > 0:
            start = max(earlier.rfind(c, 0, end) + 1 for c in "的在，,和与是")
            return f"{earlier[:start]}{new}{earlier[end + length :]}？"
    return f"{earlier.replace(thing, new, 1)}？" if thing and thing in earlier else ""


def _thing(earlier: str, answer: str) -> str:
    """What the question before was about: what it names before what it asks or says of it."""
    asking = re.match("(?:请问|請問)?(?:谁|誰|哪位|什么人|什麼人)", earlier)
    if asking:
        rest = earlier[asking.end() :]
        verb = re.search("(?:了|过|過|的是|是|在)(.{2,})", rest)
        return verb[1] if verb else rest[1:] if len(rest) > 2 else rest
    if re.match("哪", earlier):
        return _new_name(earlier, answer)
    text = re.sub("^(?:请问|請問)", "", earlier)
    text = _TIME.sub("", re.sub(r"^\d{4}年", "", text))
    if m := re.match("(.+)和(.+?)哪", text):
        return next((name for name in m.groups() if answer.startswith(name[:2])), "")
    m = _PREDICATE.search(text, 1)
    thing = text[: m.start()] if m else ""
    if titled := _TITLED.match(thing):
        return titled.group()
    thing = re.sub("[和跟与與].+相比.*$", "", thing)
    thing = _VERB_BEHIND.sub("", thing).rstrip("最")
    thing = re.sub("(?:花了|用了|需要|要|也|都|还|還)$", "", thing)
    if _WHEN.fullmatch(thing):
        return ""
    if re.search("[了过過着]$", thing) or _NO_THING.match(thing):
        return ""  # a verb, or what asks: what it is on is not plain
    return _YEAR_BEHIND.sub("", thing) or thing


def _is_person(name: str) -> bool:
    """By a title, or by a surname and one or two ideographs."""
    return _TITLED.search(name) is not None or (name[:1] in _SURNAMES and 2 <= len(name) <= 3)


def _without_subject(bare: str, earlier: str, thing: str, mentions: Mentions) -> str:
    """A question that names nothing, or names it shorter than before, or one of two."""
    if m := _COMPARED.fullmatch(bare):
        rest = earlier[len(thing) :] if thing and earlier.startswith(thing) else f"，{earlier}"
        return f"{thing}和{m['other']}相比{rest}？" if thing else ""
    if (m := _CHOICE.fullmatch(bare)) and len(mentions.things) > 1:
        one, two = mentions.things[1::-1]
        return f"{one}和{two}{m['which']}{m['rest']}？"
    if thing and (_RELATIONAL.match(bare) or _TOPICLESS.fullmatch(bare)):
        owner = _asked_thing(earlier, mentions) or thing.partition("的")[0] or thing
        return f"{owner}{'的' if _RELATIONAL.match(bare) else ''}{bare}？"
    if thing and _NO_SUBJECT.fullmatch(bare):
        return f"{thing.partition('的')[0] or thing}{bare}？"
    if thing and (_ROLE.match(bare) or _CLASSIFIED.match(bare)):
        owner = thing.partition("的")[0] or thing
        whole = f"{owner}的{bare}" if _ROLE.match(bare) else _CLASSIFIED.sub(owner, bare, count=1)
        return f"{whole}？"
    if (
        thing
        and (m := re.match(rf".{{0,3}}?(?:{_MEASURE.pattern})", bare))
        and re.match("(?:是|有)?多", bare[m.end() :])
    ):
        owner = mentions.thing or thing
        return "" if bare.startswith(owner[:2]) else f"{owner}的{bare}？"
    for size in range(4, 0, -1):
        full = mentions.full_name_ending(bare[:size])
        if full and full not in bare and _PREDICATE.match(bare, size):
            return f"{full}{bare[size:]}？"
    return ""


def _asked_name(earlier: str, answer: str) -> str:
    """What was asked for by "what": the medicine, of "what medicine did he take?"."""
    m = re.search(
        "(?:什么|什麼|哪(?:种|種|个|個|款|一))(?!时候|時候|地方|人|样|樣)[\u4e00-\u9fff]{1,4}$",
        earlier,
    )
    head = re.split("[。！？\n，,]", answer.strip())[0]
    whole = re.fullmatch("(?P<asked>.+?)(?:是|叫)(?:什么|什麼)", earlier)
    shared_end = whole["asked"][-2:] if whole else ""
    if shared_end and (match := re.search(f"{shared_end}(?:是|叫)(.{{2,10}})$", head)):
        return _COUNTED.sub("", match[1], count=1)
    if not m or not head:
        return ""
    before = earlier[: m.start()]
    shared = next((n for n in range(min(len(before), 4), 0, -1) if before[-n:] in head), 0)
    return head[head.find(before[-shared:]) + shared :] if shared else ""


def _person(earlier: str, answer: str) -> str:
    """Who "she" is: whom the question before asked for, else whom it was about."""
    return (
        _new_name(earlier, answer)
        if re.search("谁|誰|哪位|什么人", earlier)
        else _thing(earlier, answer)
    )


def _new_name(earlier: str, answer: str) -> str:
    """What the answer says and the question does not, at its head."""
    sentence = re.split("[。！？\n]", answer.strip())[0]
    clauses = re.split("[，,]", sentence)
    sentence = next((c for c in clauses[1:] if c.startswith("由")), clauses[0])
    thing = "" if earlier.startswith("哪") else _thing(earlier, answer)
    if thing and sentence.startswith(thing):
        sentence = re.sub("^的[^是]{1,8}是", "", sentence[len(thing) :]).lstrip("是由被，")
    rest = re.sub("^(?:谁|誰|哪[一个個座位家]*|什么人)", "", earlier)
    cut = next((i for i in range(len(sentence)) if sentence[i : i + 2] in rest and i), 0)
    name = (
        sentence[:cut] if cut else re.split("是|在|的|由", sentence)[-1 if "由" in sentence else 0]
    )
    name = re.split(r"于|於|在|曾|\d", name)[0] or name
    name = re.sub("(?:建造|建|设计|設計|创办|創辦|创立|創立|发明|發明|主持)+$", "", name)
    return re.sub("[是在由被的了]+$", "", name)
