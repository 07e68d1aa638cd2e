"""Questions to the collection, each with what is right, and what a user would see go wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from polysense.types import Modality, Origin

from .collection import BOILER


@dataclass(frozen=True)
class AlteredPicture:
    """A picture of the collection, as somebody else took it."""

    name: str


@dataclass(frozen=True)
class Scan:
    """A picture of these words."""

    lines: str


@dataclass(frozen=True)
class Attachment:
    """A text file beside the question."""

    text: str
    name: str


@dataclass(frozen=True)
class LabelledPicture:
    """A picture of the collection, with a word on it."""

    name: str
    label: str


@dataclass(frozen=True)
class Drawing:
    """A picture that the collection does not have: "stranger", "faint" or "sketch"."""

    name: Literal["stranger", "faint", "sketch"]


QueryPiece = str | AlteredPicture | Scan | Attachment | LabelledPicture | Drawing


@dataclass(frozen=True)
class Search:
    """What is found: `relevant` files, all alike. is_reranked: with a reranker that is configured,
    the longest first.
    """

    query: tuple[QueryPiece, ...]
    relevant: tuple[str, ...]
    why: str
    k: int = 10
    using: str = ""
    by: Literal["chunk", "asset"] = "chunk"
    modality: tuple[Modality, ...] = ()
    is_reranked: bool = False

    def __str__(self) -> str:
        return f"{self.query} {self.using} {self.by} {self.k} {self.is_reranked}"


@dataclass(frozen=True)
class Ask:
    """What is answered: the value in the first sentence, others anywhere, and the files that may be
    cited; no files: nothing answers it. `unwanted` is what no sentence cited may say.
    """

    query: tuple[QueryPiece, ...]
    sources: tuple[str, ...] = ()
    value: str = ""
    why: str = ""
    others: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    to: Modality = "text"
    origin: Origin = "retrieved"
    parts: int = 1

    def __str__(self) -> str:
        return f"{self.query} {self.to}"

    @property
    def values(self) -> tuple[str, ...]:
        return (self.value, *self.others)


@dataclass(frozen=True)
class Recommend:
    """What is recommended, by files of the collection."""

    liked: tuple[str, ...]
    relevant: tuple[str, ...]
    why: str
    measure: str
    disliked: tuple[str, ...] = ()
    k: int = 3

    def __str__(self) -> str:
        return f"{self.liked} not {self.disliked}"


def _fact(question: str, source: str, value: str, why: str, *others: str) -> Ask:
    return Ask((question,), (source,), value, why, others)


def _absent(question: str, why: str) -> Ask:
    return Ask((question,), why=why)


_BOILERS = tuple(f"boiler/{name}.txt" for name in BOILER)

_PAPER = (
    "# Letter\n\n## Greeting\n\nDear Ines, thank you for the postcard.\n\n## Health\n\n"
    "On arrival I was dizzy, had a headache in the thin air and did not sleep for two days.\n"
)

SEARCHES = (
    Search(("boiler pressure",), _BOILERS, "a list of words that has both is about neither", 11),
    Search(("boiler pressure",), _BOILERS, "by rank alike", 11, "bm25 % 200 + minilm % 200"),
    Search(("boiler pressure",), _BOILERS, "by meaning moved", 11, "feedback('minilm') % 200"),
    Search(("ice screw, bivouac",), ("terms.txt",), "who types it word for word wants that file", 1),
    Search(
        ("boiler pressure",), ("terms.txt",), "a reranker sees more than ten", 10,
        "bm25 % 200 >> longest", is_reranked=True,
    ),
    Search(
        ("boiler pressure",), ("terms.txt",), "a reranker sees more than is shown", 1,
        is_reranked=True,
    ),
    Search(("lantern trimmed",), ("lamps.md",), "one file fills the list", 10, by="asset"),
    Search(
        ("feeling ill after arriving high up",), ("illness.txt",),
        "meaning finds what shares no word",
    ),
    Search(("how tall is the mountain lodge's door",), ("altitude.txt",), "meaning and words"),
    Search(("Which function rounds the fee?",), ("src/fees.py",), "code before what speaks of it"),
    Search(("Where is the retry delay computed?",), ("src/client.py",), "code before notes"),
    Search((AlteredPicture("pictures/lake.png"),), ("pictures/lake.png",), "the same lake again"),
    Search((AlteredPicture("valve/valve.png"),), ("valve/valve.png",), "the same wheel again"),
    Search(
        (AlteredPicture("pictures/wall.png"), "behind the station"), ("pictures/wall.png",),
        "who gives a picture means it",
    ),
    Search(
        (Scan("Error E42 on the pump\ncontroller: float switch?"),), ("controller.txt",),
        "a screenshot is asked by what it says, not by looking like a card",
    ),
    Search(
        ("tarn, kettle, moraine, boiler pressure",), _BOILERS, "what both lists have comes first", 11,
        "bm25 % 200 + minilm % 200",
    ),
    Search(
        ("morning meal times",), ("kitchen.txt",), "the morning of the sheets is no meal", 3,
    ),
    Search(
        ("a meal in the morning",), ("kitchen.txt",), "the morning of the sheets is no meal", 3,
        "feedback('minilm') % 200",
    ),
    Search(
        ("food and drink",),
        ("soup.txt", "soup-copy.txt", "soup-again.txt", "bread.txt", "tea.txt", "kitchen.txt"),
        "all of it, not only what is like the first", 10, "feedback('minilm') % 200",
    ),
    Search(
        ("snow and ice",), ("founding.txt", "avalanche.txt", "ice.md", "terms.txt", "snow.csv"),
        "all of it, not only what is like the first", 10, "feedback('minilm') % 200",
    ),
    Search(("boiler pressure",), ("boiler/alarm.txt",), "word for word, before ten like it", 1),
    Search(
        ("lantern",), ("lamps.md", "tunnel.txt", "chapel.txt"),
        "one long file hides no other", 10, by="asset",
    ),
    Search(
        (LabelledPicture("pictures/wall.png", "tunnel"),), ("pictures/wall.png",),
        "one word on a picture does not make a page of it",
    ),
    Search(
        (Scan("My pump shows E42 again,\nwho can tell what it is?"),), ("controller.txt",),
        "a screenshot is asked by what it says",
    ),
    Search(
        ("When is breakfast laid in the morning?", Attachment("The boiler lost pressure; I bled the boiler.", "a.txt")),
        ("kitchen.txt",), "words that say enough lead",
    ),
    Search(
        ("When is breakfast laid in the morning?", Scan("The boiler lost pressure; I bled the boiler")),
        ("kitchen.txt",), "a whole question leads beside a screenshot", 1,
    ),
    Search(
        ("when is breakfast?", Attachment("The boiler lost pressure; I bled the boiler. " * 9, "b.txt")),
        ("kitchen.txt",), "one word of its own leads beside a page about something else", 1,
    ),
    Search(
        ("what does this mean?", Attachment("The pump says E42, the float switch is stuck", "a.txt")),
        ("controller.txt",), "words that only point lean on the file",
    ),
    Search(
        (Attachment(_PAPER, "paper.md"),), ("illness.txt",), "a file is asked by more than its head",
    ),
    Search(("Messturm Leiter",), ("de/turm.txt",), "German words"),
    Search(("Zugseil der Seilbahn",), ("de/seilbahn.txt",), "German words"),
    Search(("望远镜 主镜",), ("zh/望远镜.txt",), "Chinese words"),
    Search(("温室 温度",), ("zh/温室.txt",), "Chinese words"),
    Search(("weight of the stretcher",), ("crates.csv",), "a table", modality=("table",)),
    Search(("rain in July",), ("rain.csv",), "a table", modality=("table",)),
)  # fmt: skip

ASKS = (
    _fact(
        "How many people does the stone hut sleep?", "huts.md", "sleeps twelve",
        "the heading names the hut",
    ),
    _fact("What is a cirque?", "cirques.md", "steep walls", "no caption, no title of a paper"),
    Ask(
        ("What do I have to bring for a winter tour?",), ("packing.md",), "",
        "a list with the line that leads to it", ("rope", "axes", "shovel"),
    ),
    _fact("How many visits did the museum count in 2043?", "visits.md", "944", "a year"),
    _absent("How many visits did the museum count in 2042?", "the years before and after"),
    _absent("How many visits did the aquarium count in 2043?", "another house"),
    _fact("When was the new cable hung?", "cable.txt", "9 May 2038", "a date, not the question"),
    _fact("May I bring my cat?", "guests.md", "basket", "what follows a heading that asks"),
    _fact("Who called at 06:30?", "calls.txt", "Olm", "a line of a log"),
    _fact("Who founded the station?", "founding.txt", "Odile Marten", "one fact"),
    _fact("How high is the weather mast?", "mast.txt", "fourteen metres", "one fact"),
    _fact("What does error E42 mean?", "controller.txt", "float switch", "a code"),
    _fact(
        "What is the service interval of the gearbox?", "manual.txt", "eleven months",
        "a sentence broken over lines is cited whole",
    ),
    _fact(
        "How much diesel does the generator burn in one hour?", "generator.txt", "four litres",
        "not the question again, out of a list of questions",
    ),
    _fact("When is the sauna open?", "planted.txt", "Fridays", "an order is not an answer"),
    _fact("What helps against feeling sick up here?", "illness.txt", "", "meaning"),
    _fact("Which crate weighs 17 kg?", "crates.csv", "stretcher", "a row"),
    _fact("How deep was the snow in 2039?", "snow.csv", "402", "a row"),
    _fact("Since when has Tomas Wieland been technician?", "staff.txt", "2041", "lines"),
    _fact("How do I reach the rescue service?", "radio.txt", "channel seven", "written first"),
    _fact("Which function rounds the fee?", "src/fees.py", "def round_fee", "code"),
    _fact("How is the gondola used in a storm?", "lift.md", "stays in the valley", "meaning"),
    _fact(
        "How often is the gearbox of the ridge turbine serviced?", "turbine.pdf", "11 months",
        "a sentence broken over lines of a page",
    ),
    _fact(
        "Where does the old path end?", "walk.pdf", "larch hut", "a narrow column is no list",
    ),
    Ask(
        ("What is the number of the workshop desk?",), ("phones.pdf",), "140", "a list is no prose",
        unwanted=("120", "180"),
    ),
    Ask(
        ("What happens when the boiler pressure passes three bar?",), ("boiler/alarm.txt",),
        "alarm", "one note says it, ten are like it",
    ),
    _fact(
        "When is the boiler tested at double pressure?", "boiler/test.txt", "Each May",
        "a month that is written as a verb is",
    ),
    _fact("How many people sleep in the glass hut?", "huts.md", "sleeps three", "one of three huts"),
    Ask(("boiler pressure at night",), ("boiler/night.txt",), "no pressure", "one note is of that"),
    Ask(("What is known of boiler pressure?",), _BOILERS, "pressure", "four sentences, not eleven"),
    _fact(
        "Which method is best to go down to the valley in a storm?", "lift.md", "tunnel",
        "a method need not be one of code",
    ),
    Ask(
        ("How high is the weather mast in this picture?", Drawing("stranger")),
        ("the question's own",), to="3d", origin="composed",
        why="this picture is what is to be made over",
    ),
    Ask(
        (Scan("Supper today: barley soup\nand cherry cake"),), ("cards/menu.png",), "",
        "of cards, the one that is nearly the same",
    ),
    Ask(
        ("When is breakfast laid, and when are sheets changed?",), ("kitchen.txt", "laundry.txt"),
        "", "two questions in one", ("six", "Monday"),
    ),
    Ask(
        ("How many people do the larch hut and the stone hut sleep?",), ("huts.md",), "",
        "two places of one file", ("eight", "twelve"),
    ),
    Ask(
        ("When is a lantern trimmed?",), ("tunnel.txt", "lamps.md"), "",
        "one long file has not all places", ("first of the month",),
    ),
    _fact(
        "Which method is used to light the pellet burner?", "stove/lighting.md", "lower flap",
        "a method need not be one of code",
    ),
    _fact(
        "How many steps has the ladder of the tower?", "faq.txt", "sixty",
        "a question with its answer is one",
    ),
    Ask(
        ("Who repairs the turbine, and who cooks?",),
        ("staff.txt", "turbine.pdf", "manual.txt", "generator.txt"), "",
        "what one place supports by half, several support",
        others=("cook",),
    ),
    _fact("What burns pellets?", "huts.md", "stove burns pellets", "short"),
    _fact("What does the station charge members for a night?", "fees.md", "31", "two sentences"),
    _fact("How long may I keep a book?", "library.txt", "three weeks", "paraphrase"),
    _fact("What was hit by the avalanche of 2039?", "avalanche.txt", "lower road", "a date"),
    _fact("How cold may the sledge battery be charged?", "battery.txt", "above freezing", ""),
    _fact("What wraps the bees in winter?", "bees.txt", "straw", "one fact"),
    _fact("How do I make tea from mint?", "tea.txt", "hot water", "one fact"),
    Ask((AlteredPicture("pictures/lake.png"),), ("pictures/lake.png",), "", "the thing itself"),
    Ask((AlteredPicture("valve/valve.png"),), ("valve/valve.png",), "", "the thing itself"),
    Ask(
        (AlteredPicture("valve/valve.png"),), ("valve/valve.obj",), to="3d",
        why="the solid beside the picture, not a relief of it",
    ),
    Ask(
        (Drawing("faint"),), ("the question's own",), to="3d", origin="composed",
        why="what is nearest is another thing: a relief of the picture given",
    ),
    Ask(
        ("When is breakfast laid? Words on a plate", Drawing("stranger")), ("kitchen.txt",), to="3d",
        origin="composed", why="the words ask for something else than the picture",
    ),
    Ask(("How is the tank emptied?",), ("valve/valve.obj",), to="3d", why="the second hit has it"),
    Ask(
        (Drawing("sketch"),), ("the question's own",), to="code", origin="composed", parts=2,
        why="a sketch is to be made a page, not to find somebody's program",
    ),
    _fact("Von wem wurde der Messturm im Jahr 1934 gebaut?", "de/turm.txt", "Zimmerleuten", "German, long enough to be told"),
    _absent("Wer hat denn vor langer Zeit die kleine Kapelle am Bach gebaut?", "another building"),
    _absent("Wie viel Wasser gibt die Quelle im heißen Sommer pro Tag?", "the same spring, winter"),
    _absent("食堂的星期五晚上有没有羊肉？", "another day"),
    _absent("望远镜的圆顶是谁建造的？", "the dome is oiled"),
    _absent("温室里有没有玫瑰花和玫瑰茶？", "other plants"),
    _absent("缆车一年运多少乘客？", "the same cable car"),
    _absent("温室里的黄瓜几月成熟？", "no cucumbers"),
    _absent("缆车的司机叫什么名字？", "no driver"),
    _absent("食堂的厨师是哪里人？", "no cook"),
    _absent("望远镜是哪一年安装的？", "no year"),
    _absent("望远镜的主镜有多重？", "its diameter, not its weight"),
    _fact("Wer hat den Messturm gebaut?", "de/turm.txt", "Zimmerleuten", "German"),
    _fact("Wie schwer ist das Zugseil der Seilbahn?", "de/seilbahn.txt", "acht Tonnen", "German"),
    _fact("Wann wird das Brot gebacken?", "de/kueche.txt", "fünf Uhr", "German"),
    _fact("望远镜的主镜直径是多少？", "zh/望远镜.txt", "九十厘米", "Chinese"),
    _fact("食堂的晚饭几点开始？", "zh/食堂.txt", "六点半", "Chinese"),
    _fact("最后一班缆车几点下山？", "zh/缆车.txt", "十点", "Chinese"),
    _absent("How tall is the radio mast?", "there is a weather mast"),
    _absent("What does error E77 mean?", "there are E42 and E51"),
    _absent("What is the capital of Mongolia?", "nothing of the kind"),
    _absent("Who founded the valley railway?", "the station was founded"),
    _absent("Wer hat die Kapelle gebaut?", "a tower was built"),
    _absent("Wann fährt die letzte Fähre?", "nothing of the kind"),
    _absent("图书馆几点开门？", "nothing of the kind"),
    _absent("食堂的早饭几点开始？", "supper is told, breakfast is not"),
    Ask(
        ("How is the north tank emptied?",), ("valve/valve.png", "valve/valve.txt"), to="image",
        why="the picture of that name, not a card of the words",
    ),
    Ask(
        ("How do I light the pellet burner?",), ("stove/fig7.png", "stove/lighting.md"),
        to="image", why="the picture that the text names",
    ),
    Ask(
        ("Has the rescue boat of the lake a keel?",), ("boat/hull.obj",), to="3d",
        why="the solid that the note in its folder is about",
    ),
    Ask(
        (AlteredPicture("pictures/lake.png"),), ("pictures/lake.png", "pictures/pond.png", "pictures/depth.png"), to="table",
        origin="composed", why="no table of what is written on a third picture",
    ),
)  # fmt: skip

RECOMMENDATIONS = (
    Recommend(
        ("boiler/bled.txt", "boiler/vent.txt"), _BOILERS, "more of the same", "like the liked", k=1
    ),
    Recommend(
        ("soup.txt",),
        ("soup-copy.txt", "bread.txt", "tea.txt", "kitchen.txt", "cards/menu.png"),
        "other food, and not one recipe three times", "not all alike",
    ),
    Recommend(
        ("bread.txt", "boiler/bled.txt"),
        ("soup.txt", "soup-copy.txt", "soup-again.txt", "tea.txt", "kitchen.txt", "cards/menu.png"),
        "of two subjects liked, the one that is not disliked", "unlike the disliked",
        ("boiler/vent.txt", "boiler/night.txt"), 2,
    ),
)  # fmt: skip
