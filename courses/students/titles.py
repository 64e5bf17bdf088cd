"""The titles of a list's columns, in the words of school offices, spreadsheets and learning platforms."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from courses.errors import Invalid, Message
from courses.students.comparing import tidy

# The best title of a column stands first: lists have a running number beside the student's, and a class beside the group.
# They are written as `_plain` leaves them.
_NUMBER_WORDS = (
    ("学号", "學號", "学籍号", "學籍號", "学生号", "学生编号", "學生編號", "考号", "考號", "准考证号", "工号", "工號",
     "学员编号", "学生学号", "学工号", "考生号", "考生編號", "考生编号", "人员编号", "出席番号",
     "学籍番号", "学生番号", "학번", "studentnumber", "studentid", "studentno", "studentcode",
     "studentidnumber", "matriculationnumber", "matriculationno", "matrikelnummer", "sisid", "sisuserid", "sisloginid",
     "rollnumber", "rollno", "registrationnumber", "registrationno", "enrolmentnumber", "enrollmentnumber",
     "candidatenumber", "candidateno", "matricno", "matricnumber", "matrnr", "regno", "admissionno", "admissionnumber",
      "staffid", "staffnumber", "employeeid", "numéroétudiant", "nummatricule", "matricule", "matrícula", "matricula",
     "编码", "номерстудента", "номерзачетки", "номерзачётки"),
    ("number", "id", "idnumber", "idno", "编号", "編號", "code", "userid", "learnerid", "番号", "번호", "nummer", "numéro",
     "número", "numero", "numer", "номер", "код"),
    ("username", "loginid", "login", "账号", "帳號", "用户名", "使用者名稱"),
    ("no", "nr", "序号", "序號", "座号", "座號", "座位号"),
)  # fmt: skip
_NAME_WORDS = (
    ("name", "studentname", "studentsname", "studentfullname", "fullname", "姓名", "名字", "学生姓名", "學生姓名", "学员姓名",
     "真实姓名", "人名", "考生姓名", "教师姓名", "员工姓名", "职工姓名",
     "中文姓名", "中文名", "displayname", "nameofstudent", "氏名", "名前", "이름", "성명", "nomcomplet",
     "nometprénom", "nombrecompleto", "nomecompleto", "nombreyapellidos", "фио", "имяифамилия"),
    ("student", "students", "learner", "学生", "學生", "学员", "同学", "étudiant", "студент", "ученик"),
)  # fmt: skip
_FIRST_WORDS = (
    ("firstname", "givenname", "forename", "givennames", "名", "vorname", "prénom", "prénoms", "nombre", "имя", "imię"),
)
_LAST_WORDS = (
    (
        "lastname",
        "surname",
        "familyname",
        "姓",
        "姓氏",
        "nachname",
        "nom",
        "apellido",
        "apellidos",
        "фамилия",
        "nazwisko",
    ),
)
_GROUP_WORDS = (
    (
        "group",
        "groups",
        "groupname",
        "team",
        "teamname",
        "组",
        "組",
        "小组",
        "小組",
        "分组",
        "分組",
        "组别",
        "組別",
        "组名",
        "小组名称",
        "조",
        "gruppe",
        "groupe",
        "grupo",
        "grupa",
        "группа",
    ),
    (
        "class",
        "classname",
        "section",
        "班级",
        "班級",
        "班",
        "行政班",
        "班级名称",
        "所在班级",
        "教学班",
        "专业班级",
        "クラス",
        "반",
        "klasse",
        "classe",
        "clase",
        "класс",
    ),
)
#: what titles of list hold beside these; with one of these such a line is titles, alone it may be a cell
_OTHER_WORDS = ("sex", "gender", "性别", "性別", "email", "邮箱", "电话", "手机", "手机号", "phone", "remark", "remarks", "备注",
                "備註", "专业", "学院", "年级", "签名", "成绩", "身份证号", "score", "major", "department", "grade")  # fmt: skip
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>|〔[^〔〕]*〕|\{[^{}]*\}")
#: characters of a title: a longer cell is not looked at
LONGEST = 200


@dataclass(frozen=True)
class Columns:
    """Where things stand, counted from 0; a name in two columns is (first, last). `width` is how many columns there may be."""

    number: int
    name: tuple[int, ...] = ()
    group: int | None = None
    width: int = 0


def columns_of(titles: Sequence[str], names: bool) -> Columns | None:
    """The columns that these titles name, None where they are none or lack one that is needed.

    Raises Invalid where number and name both stand there twice.
    """
    number, name, group = (_find(titles, words) for words in (_NUMBER_WORDS, _NAME_WORDS, _GROUP_WORDS))
    first, last = _find(titles, _FIRST_WORDS), _find(titles, _LAST_WORDS)
    found = (*first, *last) if not name and max(len(first), len(last)) == 1 else tuple(name[:1])
    if not number or (names and not found):
        return None
    if names and _twice(titles, number) and _twice(titles, name):
        said = Message("There are two tables side by side. Put one below the other, or copy one of them alone.")
        raise Invalid({"roster": said})
    return Columns(number[0], found if names else (), group[0] if group else None)


def _twice(titles: Sequence[str], columns: Sequence[int]) -> bool:
    return len(columns) > 1 and _plain(titles[columns[0]]) in {_plain(titles[column]) for column in columns[1:]}


def are_titles(cells: Sequence[str]) -> bool:
    """Whether a line can only be titles: no student has a title for a number and another for a name."""
    words = [cell for cell in cells if cell.strip()]
    ours = title_count(words)
    others = sum(bool(_forms(cell) & set(_OTHER_WORDS)) for cell in words)
    return ours > 1 or (ours == 1 and (others > 0 or bool(words and _forms(words[0]) & _NUMBERS)))


def title_count(cells: Sequence[str]) -> int:
    """How many of these are the title of a number, a name or a group."""
    return sum(bool(_forms(cell) & _KNOWN) for cell in cells)


def _find(titles: Sequence[str], words: Iterable[Sequence[str]]) -> list[int]:
    """The columns that have the best of these titles."""
    forms = [_forms(title) for title in titles]
    for best in words:
        if found := [column for column, form in enumerate(forms) if form & set(best)]:
            whole = [column for column in found if _plain(titles[column]) in best]
            return whole or found
    return []


def _forms(title: str) -> set[str]:
    """A title, and each part of one in two languages: `学号/Student ID`, `姓名 Name`. What is longer is none."""
    if len(title) > LONGEST:
        return set()
    title = tidy(title)
    bare = _BRACKETS.sub(" ", title)
    parts = [bare, *re.split(r"[/|\n\\]", bare), *re.findall(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\s]+", bare)]
    parts.append(re.sub(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", " ", bare))
    return {form for part in parts if (form := _plain(part))}


def _plain(title: str) -> str:
    """Letters and digits alone, without marks for what must be filled in, units in brackets, and spaces."""
    bare = _BRACKETS.sub(" ", tidy(title)).casefold()
    return "".join(character for character in bare if unicodedata.category(character)[0] in "LN")


_NUMBERS = {word for words in _NUMBER_WORDS for word in words}
_KNOWN = _NUMBERS | {
    word for kind in (_NAME_WORDS, _FIRST_WORDS, _LAST_WORDS, _GROUP_WORDS) for words in kind for word in words
}
