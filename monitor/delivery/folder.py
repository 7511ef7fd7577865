"""The folder of letters: delivered is what lies there, so nothing goes out twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from monitor.delivery.outbox import put
from monitor.delivery.transport import Outcome, WayBlocked
from monitor.model import Text
from monitor.store.breakdowns import cause_of
from monitor.store.deliveries import Delivery
from monitor.store.home import Home, fsync_folder


@dataclass(frozen=True, slots=True)
class FolderTransport:
    """Letters as files: into the home's own `sent`, or into a folder that others empty."""

    home: Home
    folder: Path | None

    def is_there(self, one: Delivery, letter: bytes) -> bool:
        """Whether the letter lies in the folder."""
        place = (self.folder or self.home.sent) / one.file_name
        return place.is_file() and place.read_bytes() == letter

    def deliver(self, one: Delivery, letter: bytes, handing: Callable[[], None]) -> Outcome:
        """Lay the letter down whole; a rename is the delivery.

        A folder of others may have been emptied after it, so the moment before is noted.
        """
        try:
            if self.folder is not None:
                handing()
                put(self.folder, one.file_name, letter)
            else:
                (self.home.outbox / one.file_name).rename(self.home.sent / one.file_name)
                fsync_folder(self.home.sent)
                fsync_folder(self.home.outbox)
        except OSError as error:
            place = self.folder or self.home.sent
            raise WayBlocked(
                Text(
                    f"无法把信件放入 {place}：{error.strerror}。请检查该文件夹与磁盘空间。",
                    f"Cannot put letters into {place}: {error.strerror}. Check folder and disk.",
                ),
                cause_of(error),
            ) from error
        return Outcome("sent")

    def close(self) -> None:
        """Nothing is open."""
