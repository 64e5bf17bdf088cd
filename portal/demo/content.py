"""What the demo course says: lessons in Chinese and English, and a class of 24."""

from dataclasses import dataclass

TEACHER = "teacher@example.org"
TEACHER_NAME = "陈老师 Ms Chen"
COURSE = "内容创作实训 · Publishing in practice"
TERM = "2026 秋季 Autumn"
EVERYWHERE = ("xiaohongshu", "douyin", "kuaishou", "bilibili", "weibo")


@dataclass(frozen=True)
class DemoLesson:
    """`scene` names how its pictures are drawn; `captions` is one text for each picture."""

    title: str
    body: str
    topics: tuple[str, ...]
    scene: str
    captions: tuple[str, ...]
    kind: str = "normal"
    platforms: tuple[str, ...] = ("xiaohongshu",)


LESSONS = (
    DemoLesson(
        "三步拍出一杯好茶",
        "不用专业相机，手机就够。\n\n"
        "1. **找光**：靠窗坐，让光从侧面来，关掉头顶的灯\n"
        "2. **找角度**：手机与杯口成 45 度，茶汤的颜色最好看\n"
        "3. **等热气**：倒水后 3 秒内连拍，挑热气最清楚的一张\n\n"
        "背景越干净，茶越好看。你最喜欢哪种茶？评论区告诉我。",
        ("手机摄影", "茶", "拍照教程"),
        "tea",
        ("三步拍好茶", "第一步 找光", "第二步 45 度", "第三步 等热气"),
        platforms=EVERYWHERE,
    ),
    DemoLesson(
        "周末半日西湖散步",
        "从断桥出发，沿白堤走到孤山，再坐船回来，正好半天。\n\n"
        "- 08:00 断桥，人还不多\n"
        "- 09:00 白堤，柳树和桃树一棵隔一棵\n"
        "- 10:00 孤山，喝一杯龙井\n"
        "- 11:30 坐手划船回岸\n\n"
        "穿一双好走的鞋，带一瓶水就够了。",
        ("西湖", "周末去哪儿", "城市漫步"),
        "lake",
        ("西湖半日散步", "断桥 08:00", "白堤 09:00"),
    ),
    DemoLesson(
        "A desk that invites work",
        "Five minutes each evening keep a desk ready for the next day.\n\n"
        "- One thing on the desk: the one you work on\n"
        "- Cables in a box, not in sight\n"
        "- A lamp on the left if you write with the right hand\n\n"
        "What do you put away first?",
        ("desksetup", "studytips"),
        "desk",
        ("A clear desk", "Light from the left", "Five minutes a day"),
    ),
    DemoLesson(
        "宿舍也能做的葱油面",
        "一口小锅，十分钟。\n\n"
        "**材料**：小葱一把、面条一份、生抽三勺、老抽半勺、糖一勺\n\n"
        "1. 小葱切段，冷油下锅，小火炸到焦黄\n"
        "2. 倒入生抽、老抽和糖，煮开就关火\n"
        "3. 面条煮熟，拌上葱油\n\n"
        "葱要小火慢慢炸，着急会苦。",
        ("宿舍美食", "葱油拌面", "十分钟快手菜"),
        "noodles",
        ("十分钟葱油面", "小火慢炸", "拌一拌"),
    ),
    DemoLesson(
        "Street photos after rain",
        "Wet streets double every light. Go out right after the rain stops.\n\n"
        "1. Hold the phone low, close to a puddle\n"
        "2. Tap the lamp to set the exposure\n"
        "3. Wait for one person to walk through\n\n"
        "Post your best one with the name of your street.",
        ("streetphotography", "citynight"),
        "rain",
        ("After the rain", "Get low", "Wait for one person"),
    ),
    DemoLesson(
        "一分钟看懂构图",
        "把画面分成九格，让主角站在线上。\n\n"
        "- 三分法：地平线放在上三分之一或下三分之一\n"
        "- 引导线：路、栏杆、河岸，都能把目光带到主角身上\n"
        "- 留白：给主角看的方向多留一点空间\n\n"
        "今天就拍一张，用上其中一种。",
        ("构图", "拍照技巧", "一分钟教程"),
        "hills",
        ("一分钟看懂构图",),
        kind="video",
        # Weibo's share page takes no video.
        platforms=EVERYWHERE[:-1],
    ),
    DemoLesson(
        "校园里的秋天",
        "同一棵银杏，拍四次，每次只换一样东西。\n\n"
        "- 换时间：早上的光是凉的，傍晚的光是暖的\n"
        "- 换距离：走近一步，只拍叶子\n"
        "- 换高度：蹲下来，让天空做背景\n\n"
        "四张放在一起，就是一个小故事。",
        ("校园", "秋天", "银杏"),
        "autumn",
        ("校园里的秋天", "走近一步", "蹲下来", "傍晚的光"),
    ),
    DemoLesson(
        "Books for a slow Sunday",
        "Three short books, one pot of tea.\n\n"
        "> Read slowly. Nobody is counting.\n\n"
        "- A letter you never sent\n"
        "- A map of your own street\n"
        "- A list of small good things\n\n"
        "Which one would you open first? 你会先打开哪一本？",
        ("reading", "慢生活"),
        "books",
        ("A slow Sunday", "Read slowly", "慢生活"),
    ),
)

STUDENTS = (
    "林小满", "王子涵", "李思远", "张雨桐", "刘一诺", "陈嘉怡", "杨浩然", "赵欣妍", "黄俊杰", "周诗涵", "吴宇航", "徐若曦",
    "孙铭泽", "马晓彤", "朱梓萱", "胡文博", "郭静雯", "何天佑", "高语嫣", "罗志强", "Emma Brown", "Lucas Müller",
    "Sofia Rossi", "Noah Kim",
)  # fmt: skip

#: of the other classes
SURNAMES = tuple("沈韩冯蒋许邓曹彭曾萧田董袁潘于余叶杜苏魏吕丁任卢")
GIVEN_NAMES = (
    "思琪", "浩宇", "梓涵", "雨欣", "子轩", "佳琪", "一鸣", "若溪", "天宇", "心怡", "泽楷", "语桐", "俊熙", "可欣", "晨曦",
    "文静", "睿", "婉清", "博远", "安然",
)  # fmt: skip
VISITORS = ("Ana Silva", "Tom Becker")
