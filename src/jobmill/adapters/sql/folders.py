"""Folders and what is filed in them, in SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jobmill.adapters.sql.connection import Connection, Row, instant, micros, moment, placeholders
from jobmill.core.ids import FolderNumber, ItemNumber, OrganizationNumber, UserNumber, new_id
from jobmill.core.items.folders import Folder

# The folder :number and those it lies in, the topmost first.
_ABOVE = """
WITH RECURSIVE up(number, step) AS (
    SELECT :number, 0
    UNION SELECT folder.parent, step + 1 FROM up JOIN folder ON folder.number = up.number
    WHERE folder.parent IS NOT NULL)
SELECT folder.* FROM up JOIN folder USING (number) ORDER BY step DESC"""
# How many levels there are from the folder :number downwards.
_HEIGHT = """
WITH RECURSIVE down(number, step) AS (
    SELECT :number, 1
    UNION SELECT folder.number, step + 1 FROM down JOIN folder ON folder.parent = down.number)
SELECT max(step) FROM down"""


class SqlFolderStore:
    """The `FolderStore` port."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(
        self,
        organization: OrganizationNumber,
        parent: FolderNumber | None,
        name: str,
        description: str,
        owner: UserNumber | None,
        at: datetime,
    ) -> Folder:
        folder_id = new_id()
        number = self._db.insert(
            """INSERT INTO folder (id, organization, parent, name, description, owner, created_at)
               VALUES (:id, :organization, :parent, :name, :description, :owner, :created_at)""",
            id=folder_id,
            organization=organization,
            parent=parent,
            name=name,
            description=description,
            owner=owner,
            created_at=micros(at),
        )
        return Folder(
            FolderNumber(number), folder_id, organization, parent, name, at, description, owner
        )

    def save(self, folder: Folder) -> None:
        self._db.run(
            """UPDATE folder SET name = :name, description = :description, parent = :parent,
                   updated_at = :updated_at WHERE number = :number""",
            number=folder.number,
            name=folder.name,
            description=folder.description,
            parent=folder.parent,
            updated_at=micros(folder.updated_at),
        )

    def remove(self, number: FolderNumber) -> None:
        self._db.run("DELETE FROM folder WHERE number = :number", number=number)

    def by_id(self, organization: OrganizationNumber, id: str) -> Folder | None:  # noqa: A002
        row = self._db.one(
            "SELECT * FROM folder WHERE id = :id AND organization = :organization",
            id=id,
            organization=organization,
        )
        return _folder(row) if row else None

    def inside(
        self, organization: OrganizationNumber, parent: FolderNumber | None
    ) -> Sequence[Folder]:
        rows = self._db.all(
            """SELECT * FROM folder WHERE organization = :organization AND parent IS :parent
               ORDER BY name, number""",
            organization=organization,
            parent=parent,
        )
        return [_folder(row) for row in rows]

    def above(self, number: FolderNumber) -> Sequence[Folder]:
        rows = self._db.all(_ABOVE, number=number)
        return [_folder(row) for row in rows]

    def height(self, number: FolderNumber) -> int:
        found: int = self._db.value(_HEIGHT, number=number)
        return found

    def file(self, folder: FolderNumber, item: ItemNumber, at: datetime) -> None:
        self._db.run(
            """INSERT INTO folder_item (folder, item, created_at) VALUES (:folder, :item, :at)
               ON CONFLICT DO NOTHING""",
            folder=folder,
            item=item,
            at=micros(at),
        )

    def unfile(self, folder: FolderNumber, item: ItemNumber) -> bool:
        gone = self._db.run(
            "DELETE FROM folder_item WHERE folder = :folder AND item = :item",
            folder=folder,
            item=item,
        )
        return gone > 0

    def of_items(self, items: Sequence[ItemNumber]) -> Mapping[ItemNumber, Sequence[Folder]]:
        found: dict[ItemNumber, list[Folder]] = {number: [] for number in items}
        marks, named = placeholders("item", items)
        rows = self._db.all(
            f"""SELECT folder.*, folder_item.item AS of_item
                FROM folder_item JOIN folder ON folder.number = folder_item.folder
                WHERE folder_item.item IN ({marks}) ORDER BY folder.name, folder.number""",  # noqa: S608
            **named,
        )
        for row in rows:
            found[ItemNumber(row["of_item"])].append(_folder(row))
        return found


def _folder(row: Row) -> Folder:
    return Folder(
        number=FolderNumber(row["number"]),
        id=row["id"],
        organization=OrganizationNumber(row["organization"]),
        parent=row["parent"] and FolderNumber(row["parent"]),
        name=row["name"],
        created_at=instant(row["created_at"]),
        description=row["description"],
        owner=row["owner"] and UserNumber(row["owner"]),
        updated_at=moment(row["updated_at"]),
    )
