"""The lesson form's values: what was sent, in which order, and what becomes of it."""

from uuid import UUID, uuid4

import pytest

from portal.lessons.fields import LessonFields, draft_from, read_fields, split_topics

A, B, C = (UUID(int=number) for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("#a#b", ["a", "b"]),
        ("a, b c", ["a", "b", "c"]),
        ("＃茶，#手机摄影、 拍照;x；y", ["茶", "手机摄影", "拍照", "x", "y"]),
        ("#茶[话题]# #咖啡[话题]#", ["茶", "咖啡"]),
        ("\r\n a\tb ", ["a", "b"]),
        (" ,# ", []),
        ("c++ =cmd() {{7*7}}", ["c++", "=cmd()", "{{7*7}}"]),
    ],
)
def test_split_topics_takes_what_people_type(text: str, topics: list[str]) -> None:
    assert split_topics(text) == topics


def test_pictures_come_in_the_order_of_their_numbers() -> None:
    fields = read_fields({"picture": [str(A), str(B), str(C)], "order": ["3", "1", "2"]})
    assert fields.pictures == (B, C, A)


@pytest.mark.parametrize("orders", [["x", "", "²"], [], ["1", "1", "1"], ["-1", "0x1", "1e3"], ["9" * 5_000] * 3])
def test_pictures_without_good_numbers_stay_as_they_stand(orders: list[str]) -> None:
    assert read_fields({"picture": [str(A), str(B), str(C)], "order": orders}).pictures == (A, B, C)


def test_a_picture_that_is_sent_twice_is_there_once() -> None:
    assert read_fields({"picture": [str(A), str(A)], "order": ["1", "2"]}).pictures == (A,)


def test_what_is_no_id_is_an_id_that_no_course_has() -> None:
    fields = read_fields({"picture": "../../etc/passwd", "cover": "x", "video_id": "<script>"})
    assert (fields.pictures, fields.cover, fields.video) == ((UUID(int=0),), UUID(int=0), UUID(int=0))


def test_unknown_platforms_and_fields_are_left_out() -> None:
    fields = read_fields({"platforms": ["xiaohongshu", "myspace"], "owner_id": str(uuid4()), "title": "T"})
    assert (fields.platforms, fields.title) == (("xiaohongshu",), "T")


def test_removed_pictures_and_their_cover_leave_the_draft_only() -> None:
    fields = LessonFields(pictures=(A, B), removed=frozenset({A}), cover=A)
    draft = draft_from(fields)
    assert (list(draft.pictures), draft.cover) == ([B], None)
    assert fields.pictures == (A, B)


def test_a_draft_has_the_media_of_its_kind() -> None:
    both = LessonFields(pictures=(A,), cover=A, video=B, poster=C)
    normal, film = draft_from(both), draft_from(LessonFields(kind="video", pictures=(A,), cover=A, video=B, poster=C))
    assert (list(normal.pictures), normal.video, normal.cover) == ([A], None, A)
    assert (list(film.pictures), film.video, film.cover) == ([], B, C)
