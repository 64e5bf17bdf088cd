"""What is kept of a PIN says nothing of it without the portal's keys, and follows when these are changed."""

import hashlib
import hmac

from courses.students.pin_hashes import DIGITS, is_old, kept, new_pins, pin_is
from courses.tokens import Keyring

OLD, NEW = f"1:{'5a' * 32}", f"2:{'c3' * 32}"
KEYS = Keyring.parse(OLD)


def test_pin_is_known_by_its_digits_in_any_width() -> None:
    (pin,), (hashed,) = new_pins(KEYS, 1)
    assert len(pin) == DIGITS
    assert pin_is(KEYS, hashed, f" {pin[:3]} {pin[3:]} ")
    assert pin_is(KEYS, hashed, "".join(chr(ord("０") + int(digit)) for digit in pin))
    for wrong in ("", pin[:-1], f"{pin}0", f"{(int(pin) + 1) % 10**DIGITS:06d}", "一二三四五六", "²" * DIGITS):
        assert not pin_is(KEYS, hashed, wrong)


def test_same_pin_is_kept_as_another_text_each_time_and_fits_its_column() -> None:
    texts = {kept(KEYS, "123456") for _ in range(20)}
    assert len(texts) == 20
    assert max(map(len, texts)) <= 200


def test_copy_of_the_database_alone_does_not_tell_a_pin() -> None:
    """Whoever has all that stands in the row, and tries every PIN with it and with another portal's keys, finds none."""
    _, name, mac = kept(KEYS, "000123").split("$")
    others = Keyring.parse(f"1:{'5b' * 32}")
    for number in range(2_000):
        pin = f"{number:06d}".encode()
        for key in (name.encode(), name.partition(":")[2].encode(), others.derive("pin-v1", name)):
            assert hmac.digest(key, pin, hashlib.sha256).hex() != mac
        assert hashlib.sha256(name.encode() + pin).hexdigest() != mac


def test_pin_is_good_as_long_as_its_key_is_there() -> None:
    hashed = kept(KEYS, "123456")
    both, other = Keyring.parse(f"{NEW},{OLD}"), Keyring.parse(NEW)
    assert pin_is(both, hashed, "123456")
    assert (is_old(KEYS, hashed), is_old(both, hashed)) == (False, True)
    assert not pin_is(other, hashed, "123456")
    assert not is_old(other, kept(other, "123456"))
