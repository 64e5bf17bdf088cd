"""XiaoHongShu's stand-in."""
