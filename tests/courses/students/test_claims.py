"""Who is let in to a student's name, who has a PIN, and which phones are whose, in the SQL of both databases."""

from datetime import timedelta
from uuid import UUID

import pytest

from courses.audit import all_entries
from courses.errors import NotFound
from courses.people.attempts import Tries, count_try, out_of_tries
from courses.students.claims import claim_student, claimed_student, let_in, waiting_phones
from courses.students.phones import claimed_names, phones_of, take_name_off
from courses.students.pin_hashes import kept, new_pins, pin_is
from courses.students.pins import give_pins, keep_anew, pin_hash_of, take_pins, unlock_pin, with_pin, without_pin
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tokens import Keyring
from tests.courses.classroom import Classroom, make_classroom

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases, pytest.mark.usefixtures("db")]
KEYS = Keyring.parse(f"1:{'5a' * 32}")
OWN, OTHER, THIRD = "00112233aabbccdd", "ffffffffffffffff", "0123456789abcdef"


async def number(room: Classroom, student: UUID) -> str:
    return next(each.number for each in await students_of(room.course) if each.id == student)


async def test_second_phone_waits_until_somebody_lets_it_in() -> None:
    room = await make_classroom()
    ada = room.students["Ada"]
    await claim_student(room.course, OWN, await number(room, ada))
    await room.report("Ada", "Tea", "scan", device=OWN)
    await claim_student(room.course, OTHER, await number(room, ada))
    known = await claimed_student(room.course, OTHER)
    assert known is not None
    assert (known.student.id, known.standing.let_in) == (ada, False)
    assert [phone.device for phone in await waiting_phones(room.course, ada)] == [OTHER]
    assert await claimed_names(room.course) == {ada: 2}
    with pytest.raises(NotFound):
        await let_in(room.course, ada, THIRD, room.alice)
    assert await let_in(room.course, ada, OTHER, room.alice)
    assert not await let_in(room.course, ada, OTHER, room.alice)
    assert await waiting_phones(room.course, ada) == []
    assert {(phone.device, phone.reports) for phone in (await phones_of(room.course))[ada]} == {(OWN, 1), (OTHER, 0)}
    assert await take_name_off(room.alice, room.course, ada, OTHER)
    assert await claimed_student(room.course, OTHER) is None
    assert {"student.let_in", "student.phone"} <= {entry.action for entry in await all_entries(room.course)}


async def test_pins_of_a_large_class_are_kept_each_with_its_student() -> None:
    room = await make_classroom()
    await add_students(room.alice, room.course, [Entry(f"N{each}", f"Name {each}") for each in range(450)])
    wanted = await without_pin(room.course)
    pins, hashes = new_pins(KEYS, len(wanted))
    given = await give_pins(room.alice, room.course, wanted, (pins, hashes))
    assert len(given) == len(await students_of(room.course)) > 450
    assert await with_pin(room.course) == {student.id for student in wanted}
    for each in (given[0], given[199], given[200], given[-1]):
        assert pin_is(KEYS, await pin_hash_of(each.student.id) or "", each.pin)
    first = given[0].student
    await keep_anew(first.id, "another", "never")
    assert await pin_hash_of(first.id) == hashes[0]
    again = kept(KEYS, given[0].pin)
    await keep_anew(first.id, hashes[0], again)
    assert await pin_hash_of(first.id) == again
    tries = Tries("5a" * 32, 1, timedelta(days=1))
    await count_try(tries)
    assert await out_of_tries([tries]) == {tries}
    await unlock_pin(room.alice, room.course, first, tries)
    assert await out_of_tries([tries]) == set()
    assert await take_pins(room.alice, room.course, first.id) == 1
    assert await take_pins(room.alice, room.course) == len(given) - 1
