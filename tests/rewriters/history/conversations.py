"""Conversations of several turns on invented files, and as what each turn is read.

Each stands for a kind of leaning: parts of what was spoken of, what was said to be an illness, the
year after, things that are several, and in Chinese what is asked without naming anything.
"""

from __future__ import annotations

CONVERSATIONS = (
    (
        (
            "Who built Pellworth Observatory?",
            "Pellworth Observatory was built in 1888 by the astronomer Greta Solheim.",
            "",
        ),
        (
            "Where was she born?",
            "Greta Solheim was born in Bergen and studied in Uppsala.",
            "Where was Greta Solheim born?",
        ),
        (
            "And where did she study?",
            "Greta Solheim was born in Bergen and studied in Uppsala.",
            "Where did Greta Solheim study?",
        ),
        (
            "What is its dome made of?",
            "Its dome is made of copper and has a diameter of 11 metres.",
            "What is Pellworth Observatory's dome made of?",
        ),
        (
            "What about Larkden Observatory?",
            "Its dome is made of steel and has a diameter of 15 metres.",
            "What is Larkden Observatory's dome made of?",
        ),
        (
            "How much is admission there?",
            "Admission to Larkden Observatory costs 6 pounds.",
            "How much is admission in Larkden Observatory?",
        ),
    ),
    (
        (
            "When was Mosswater Dam closed?",
            "Mosswater Dam was closed in March 2019 because a crack was found in the north wall.",
            "",
        ),
        (
            "Why?",
            "Mosswater Dam was closed in March 2019 because a crack was found in the north wall.",
            "Why was Mosswater Dam closed?",
        ),
        ("Who found the crack?", "The crack was found by the engineer Idris Pell.", ""),
        (
            "How long did the repair take?",
            "The repair took seven months and cost 3.2 million dollars.",
            "How long did the repair of Mosswater Dam take?",
        ),
        (
            "And how much did it cost?",
            "The repair took seven months and cost 3.2 million dollars.",
            "How much did the repair of Mosswater Dam cost?",
        ),
    ),
    (
        ("What is Velmaric fever?", "Velmaric fever is an illness spread by ticks.", ""),
        (
            "What are the symptoms?",
            "The symptoms of Velmaric fever are a rash, headache and stiff joints.",
            "What are the symptoms of Velmaric fever?",
        ),
        (
            "How is it treated?",
            "Velmaric fever is treated with doxolin for ten days.",
            "How is Velmaric fever treated?",
        ),
        (
            "Who first described the illness?",
            "Velmaric fever was first described in 1954 by Dr Helen Amsel.",
            "Who first described Velmaric fever?",
        ),
    ),
    (
        ("When was Kestra Foods founded?", "Kestra Foods was founded in 1976 by Lionel Marsh.", ""),
        (
            "By whom?",
            "Kestra Foods was founded in 1976 by Lionel Marsh.",
            "By whom was Kestra Foods founded?",
        ),
        (
            "How many employees did they have in 2022?",
            "In 2022 Kestra Foods had 310 employees and sales of 48 million euros.",
            "How many employees did Kestra Foods have in 2022?",
        ),
        (
            "And in 2023?",
            "In 2023 Kestra Foods had 342 employees and sales of 55 million euros.",
            "How many employees did Kestra Foods have in 2023?",
        ),
        (
            "And sales?",
            "In 2023 Kestra Foods had 342 employees and sales of 55 million euros.",
            "What is sales of Kestra Foods in 2023?",
        ),
        (
            "Who is the chief executive?",
            "The chief executive is Aila Korhonen, who joined in 2019.",
            "Who is the chief executive of Kestra Foods?",
        ),
    ),
    (
        (
            "What does error 41 on the Heron H2 mean?",
            "The Heron H2 printer shows error 41 when the tray is empty.",
            "",
        ),
        (
            "How do I clear it?",
            "Error 41 is cleared by filling the tray and pressing Resume.",
            "How do I clear error 41?",
        ),
        ("And error 57?", "Error 57 is cleared by replacing the drum.", "How do I clear error 57?"),
        ("How much is a new drum?", "A new drum costs 79 euros.", ""),
        (
            "How long does it last?",
            "The drum lasts 20,000 pages.",
            "How long does a new drum last?",
        ),
        ("Thanks!", "", ""),
    ),
    (
        (
            "When were the wolves of Tarn Forest brought back?",
            "The wolves of Tarn Forest were brought back in 2006.",
            "",
        ),
        ("How many are there?", "There are 34 wolves in five packs.", "How many wolves are there?"),
        ("What do they eat?", "They eat mostly deer.", "What do the wolves eat?"),
        (
            "Who watches them?",
            "The wolves are watched by the biologist Rosa Quint.",
            "Who watches the wolves?",
        ),
        (
            "How many sheep did they kill in 2021?",
            "In 2021 wolves killed 17 sheep, in 2022 they killed 9 sheep.",
            "How many sheep did the wolves kill in 2021?",
        ),
        (
            "And the year after?",
            "In 2021 wolves killed 17 sheep, in 2022 they killed 9 sheep.",
            "How many sheep did the wolves kill in 2022?",
        ),
    ),
    (
        ("青石桥是谁建的?", "青石桥建于1672年,由工匠陆守仁建造。", ""),
        ("他是哪里人?", "陆守仁是绍兴人。", "工匠陆守仁是哪里人?"),
        ("这座桥有多长?", "青石桥长86米,宽7米。", "青石桥有多长?"),
        ("宽呢?", "青石桥长86米,宽7米。", "青石桥有多宽？"),
        ("在哪个镇?", "青石桥位于柳溪镇。", "青石桥在哪个镇？"),
        ("重修花了多少钱?", "2015年青石桥重修,花了420万元。", "青石桥的重修花了多少钱？"),
    ),
    (
        ("星云X2手机多少钱?", "星云X2手机重182克,售价3299元。", ""),
        ("它有多重?", "星云X2手机重182克,售价3299元。", "星云X2手机有多重?"),
        ("星云X5呢?", "星云X5手机重205克,售价4599元。", "星云X5有多重？"),
        ("保修期是多久?", "星云X5的电池容量是5500毫安时,保修期三年。", "星云X5的保修期是多久？"),
        (
            "和星云X2相比呢?",
            "星云X2的电池容量是4800毫安时,保修期两年。",
            "星云X5和星云X2相比的保修期是多久？",
        ),
        ("哪个更贵?", "星云X5手机重205克,售价4599元。", "星云X2手机和星云X5哪个更贵？"),
    ),
    (
        ("白鹭餐厅的主厨是谁?", "白鹭餐厅的主厨是沈若兰。", ""),
        ("她在哪里学的厨艺?", "沈若兰曾在成都学习厨艺。", "沈若兰在哪里学的厨艺?"),
        ("餐厅的招牌菜是什么?", "白鹭餐厅的招牌菜是荷叶鸡。", "白鹭餐厅的招牌菜是什么？"),
        ("多少钱?", "荷叶鸡售价128元。", "荷叶鸡多少钱？"),
        ("餐厅几点关门?", "白鹭餐厅上午十一点开门,晚上九点关门。", "白鹭餐厅几点关门？"),
        ("地址呢?", "白鹭餐厅在东湖路36号。", "白鹭餐厅的地址是什么？"),
    ),
    (
        ("海川公司的创始人是谁?", "海川公司成立于1998年,创始人是郑国栋。", ""),
        (
            "公司是哪一年成立的?",
            "海川公司成立于1998年,创始人是郑国栋。",
            "海川公司是哪一年成立的？",
        ),
        (
            "2021年有多少员工?",
            "2021年海川公司有员工620人,营业收入3.1亿元。",
            "海川公司2021年有多少员工？",
        ),
        ("2022年呢?", "2022年海川公司有员工680人,营业收入3.6亿元。", "海川公司2022年有多少员工？"),
        (
            "营业收入呢?",
            "2022年海川公司有员工680人,营业收入3.6亿元。",
            "海川公司2022年的营业收入是多少？",
        ),
        ("总部在哪里?", "海川公司的总部在宁波。", "海川公司的总部在哪里？"),
    ),
    (
        ("云台博物馆的门票多少钱?", "云台博物馆的门票是40元,学生票20元。", ""),
        ("学生票呢?", "云台博物馆的门票是40元,学生票20元。", "云台博物馆的学生票多少钱？"),
        ("星期几闭馆?", "云台博物馆星期一闭馆。", "云台博物馆星期几闭馆？"),
        (
            "那里最有名的藏品是什么?",
            "馆内最有名的藏品是一面汉代铜镜。",
            "云台博物馆最有名的藏品是什么?",
        ),
        ("它是哪一年出土的?", "铜镜于1974年在安阳出土。", "汉代铜镜是哪一年出土的?"),
        ("直径是多少?", "铜镜直径23厘米。", "汉代铜镜的直径是多少？"),
    ),
    (
        ("康宁片治疗什么?", "康宁片用于治疗高血压。", ""),
        ("每天吃几次?", "康宁片每天服用两次,每次一片。", "康宁片每天吃几次？"),
        ("有什么副作用?", "康宁片的副作用是头晕和口干。", "康宁片有什么副作用？"),
        ("平舒胶囊呢?", "平舒胶囊的副作用是口干。", "平舒胶囊有什么副作用？"),
        ("孕妇能服用康宁片吗?", "孕妇不能服用康宁片。", ""),
        ("为什么?", "", "孕妇能服用康宁片吗？为什么？"),
    ),
)
"""(question, answer, the question as it is read; "" where it says all itself)."""
