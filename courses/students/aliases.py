"""Made-up names: a colour and an animal, drawn by chance, so that nothing of a student leads to one."""

import random
import re
from collections.abc import Iterable

_HAN = re.compile("[\u3400-\u9fff]")
# Nothing that a student would not want to be called.
_ENGLISH_COLOURS = """
    Amber Azure Blue Bronze Copper Coral Crimson Emerald Golden Green Indigo Ivory Jade Lilac Mint Navy Olive Orange
    Pearl Plum Purple Red Ruby Sandy Scarlet Silver Teal Turquoise Violet White
"""
_ENGLISH_ANIMALS = """
    Albatross Antelope Badger Bear Bison Butterfly Camel Cheetah Crane Deer Dolphin Eagle Falcon Finch Fox Gazelle
    Giraffe Hare Hawk Hedgehog Heron Horse Ibex Kingfisher Koala Lark Leopard Lion Lynx Magpie Marten Otter Owl
    Panda Penguin Puffin Raven Robin Salmon Seal Sparrow Squirrel Stork Swift Swan Tiger Turtle Whale Wolf Wren
"""
_CHINESE_COLOURS = """
    赤色 橙色 金色 麦黄 翠绿 青色 碧色 天蓝 蓝色 靛蓝 紫色 粉色 白色 银色 墨色 琥珀 珊瑚 杏色 茶色 玉色 桃红 湖蓝
    藕色 竹青 雪白 霞红 铜色 松绿 海蓝 月白
"""
_CHINESE_ANIMALS = """
    海豚 白鹭 水獭 松鼠 麋鹿 羚羊 雪豹 老虎 狮子 熊猫 考拉 骏马 骆驼 长颈鹿 斑马 企鹅 海龟 鲸鱼 海豹 天鹅 仙鹤 喜鹊
    燕子 云雀 鹦鹉 孔雀 猎鹰 雄鹰 翠鸟 画眉 黄鹂 鸳鸯 大雁 海鸥 蝴蝶 蜻蜓 锦鲤 刺猬 灵猫 狐狸 白兔 猞猁 貂 河狸 犀牛
    大象 山羊 信天翁 知更鸟 啄木鸟
"""
_chance = random.SystemRandom()


def new_aliases(count: int, taken: Iterable[str], sample: str) -> list[str]:
    """So many names that differ from each other and from those that are taken; Chinese ones where the sample is Chinese.

    When all are taken they come again with a number.
    """
    chinese = _HAN.search(sample)
    between = "" if chinese else " "
    colours = (_CHINESE_COLOURS if chinese else _ENGLISH_COLOURS).split()
    animals = (_CHINESE_ANIMALS if chinese else _ENGLISH_ANIMALS).split()
    known = {name.casefold() for name in taken}
    plain = [f"{colour}{between}{animal}" for colour in colours for animal in animals]
    _chance.shuffle(plain)
    found: list[str] = []
    turn = 1
    while len(found) < count:
        fresh = (name if turn == 1 else f"{name}{between or ' '}{turn}" for name in plain)
        found += [name for name in fresh if name.casefold() not in known][: count - len(found)]
        turn += 1
    return found
