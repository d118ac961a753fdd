"""What a cloud assumes instead of doing it. AWS assumes nothing; the local cloud plays this module."""

from __future__ import annotations

OF_A_RESTORE: tuple[str, ...] = ()
