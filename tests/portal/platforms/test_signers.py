"""Signatures against signers of their own, written from the platforms' documentation and from nothing of ours."""

import hashlib
import random
import subprocess

from portal.platforms.douyin.signature import sign_share, sign_webhook
from portal.platforms.xiaohongshu.signature import sign

ROUNDS = 1000
LETTERS = "abcXYZ019+/=@&?#%_- 水茶\U0001f375"


def texts(seed: int, count: int) -> list[tuple[str, ...]]:
    chance = random.Random(seed)
    return [
        tuple("".join(chance.choices(LETTERS, k=chance.randint(1, 90))) for _ in range(count)) for _ in range(ROUNDS)
    ]


def joined(parameters: dict[str, str]) -> str:
    """Sorted by name in ASCII order, `name=value` joined by `&`, values as they are."""
    return "&".join("=".join(pair) for pair in sorted(parameters.items()))


def test_xiaohongshu_agrees_on_1000_inputs() -> None:
    """SHA-256 in lower-case hex over the parameters and, right behind them, the secret."""
    for key, nonce, moment, secret in texts(1, 4):
        digest = hashlib.new("sha256")
        digest.update(joined({"timeStamp": moment, "nonce": nonce, "appKey": key}).encode("utf-8"))
        digest.update(secret.encode("utf-8"))
        assert sign(key, nonce, moment, secret) == digest.digest().hex()


def test_douyin_share_agrees_on_1000_inputs() -> None:
    """MD5 in lower-case hex over nonce_str, ticket and timestamp."""
    for nonce, ticket, moment in texts(2, 3):
        text = joined({"timestamp": moment, "nonce_str": nonce, "ticket": ticket})
        assert sign_share(nonce, ticket, moment) == hashlib.new("md5", text.encode("utf-8")).digest().hex()


def test_douyin_webhook_agrees_on_1000_inputs() -> None:
    """SHA-1 in lower-case hex over the client secret and, right behind it, the raw body."""
    chance = random.Random(3)
    for (secret,) in texts(3, 1):
        body = chance.randbytes(chance.randint(0, 400))
        digest = hashlib.new("sha1", secret.encode("utf-8") + body)
        assert sign_webhook(secret, body) == digest.digest().hex()


def test_douyins_own_example_comes_out() -> None:
    ticket = "@ml6sqYBGgTKmQNajnKNkaj8yksCAY++adIhlGIqfTiKyvBqOIkzdJ6WRgP+nO+wtVItqKbX4iZ+mFIYkyPJjpQ=="
    assert sign_share("Wm3WZYTPz0wzccnW", ticket, "1650941858") == "3f7b739a91a52cb7d85c4f89c5f611fe"


def test_signer_of_the_system_agrees() -> None:
    """Once with a program that is not Python's hashlib."""
    text = "appKey=app-key&nonce=nonce-1&timeStamp=1780653600000app-secret"
    found = subprocess.run(["sha256sum"], input=text.encode(), capture_output=True, check=True)
    assert found.stdout.decode().split()[0] == sign("app-key", "nonce-1", "1780653600000", "app-secret")
