"""Errors that Application Auto Scaling answers by name."""


class RefusedError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
