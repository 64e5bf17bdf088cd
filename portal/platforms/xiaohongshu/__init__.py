"""XiaoHongShu (小红书)."""
