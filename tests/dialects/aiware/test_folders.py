"""Folders: a tree, and recordings filed in it."""

from typing import Any

import pytest

from jobmill.core.accounts import Right
from tests.dialects.aiware.speaking import Speaker
from tests.running import Running

CREATE = """
mutation ($name: String!, $parent: ID!) {
  createFolder(input: {name: $name, description: "d", parentId: $parent, rootFolderType: cms}) {
    id name description parent { id } folderPath { id name } ownerId organizationId
    treeObjectId orderIndex typeId status childFolders { count }
  }
}
"""
TIMES = "startDateTime: 1574311000, stopDateTime: 1574315000"
TDO = "query ($id: ID!) { temporalDataObject(id: $id) { folders { id folderPath { id } } } }"
FILE = """
mutation ($tdo: ID!, $folder: ID!) {
  fileTemporalDataObject(input: {tdoId: $tdo, folderId: $folder}) { id folders { id } }
}
"""
MOVE = """
mutation ($id: ID!, $to: ID!) {
  moveFolder(input: {treeObjectId: $id, prevParentTreeObjectId: $id, newParentTreeObjectId: $to,
                     newOrderIndex: 0, prevOrderIndex: 0}) { id parent { id } }
}
"""


@pytest.fixture(scope="module")
def root(api: Speaker) -> str:
    (root,) = api.data("{ rootFolders(type: cms) { id name parent { id } } }")["rootFolders"]
    assert (root["name"], root["parent"]) == ("root", None)
    return str(root["id"])


def folder(api: Speaker, name: str, parent: str) -> Any:
    return api.data(CREATE, {"name": name, "parent": parent})["createFolder"]


def tdo(api: Speaker, **more: str) -> str:
    given = " ".join(f'{key}: "{value}"' for key, value in more.items())
    query = f"mutation {{ createTDO(input: {{ {TIMES} {given} }}) {{ id }} }}"
    return str(api.data(query)["createTDO"]["id"])


def test_the_root_is_one_and_stays(api: Speaker, root: str) -> None:
    kinds = "{ a: rootFolders { id } b: rootFolders(type: watchlist) { id } }"
    found = api.data(kinds)
    assert [each["id"] for each in (*found["a"], *found["b"])] == [root, root]

    gone = f'mutation {{ deleteFolder(input: {{id: "{root}", orderIndex: 0}}) {{ id }} }}'
    assert api.error(gone)["name"] == "invalid_input"


def test_a_tree_is_built_and_walked(api: Speaker, root: str) -> None:
    season = folder(api, "season", root)
    match = folder(api, "match", season["id"])
    folder(api, "Another", season["id"])

    assert match["parent"] == {"id": season["id"]}
    assert (match["treeObjectId"], match["orderIndex"]) == (match["id"], 0)
    assert [each["name"] for each in match["folderPath"]] == ["root", "season"]
    query = """query ($id: ID!) { folder(id: $id) {
        subfolders { name }
        childFolders(limit: 1, offset: 1, orderBy: [{field: name, direction: desc}]) {
          count records { name } } } }"""
    seen = api.data(query, {"id": season["id"]})["folder"]
    assert [each["name"] for each in seen["subfolders"]] == ["Another", "match"]
    assert seen["childFolders"] == {"count": 1, "records": [{"name": "Another"}]}

    renamed = api.data(
        'mutation ($id: ID!) { updateFolder(input: {id: $id, name: "final"}) { name } }',
        {"id": match["id"]},
    )
    assert renamed["updateFolder"] == {"name": "final"}


def test_a_folder_is_never_moved_into_itself(api: Speaker, root: str) -> None:
    outer = folder(api, "outer", root)
    inner = folder(api, "inner", outer["id"])

    assert api.error(MOVE, {"id": outer["id"], "to": inner["id"]})["name"] == "invalid_input"
    moved = api.data(MOVE, {"id": inner["id"], "to": root})["moveFolder"]
    assert moved["parent"] == {"id": root}


def test_folders_lie_only_so_deep(api: Speaker, root: str) -> None:
    at = root
    for number in range(49):
        at = folder(api, f"level {number}", at)["id"]

    error = api.error(CREATE, {"name": "below", "parent": at})

    assert error["name"] == "invalid_input"
    assert "50 deep" in error["message"]


def test_a_recording_is_filed_in_several_folders_moved_and_taken_out(
    api: Speaker, root: str
) -> None:
    one, two = folder(api, "one", root)["id"], folder(api, "two", root)["id"]
    number = tdo(api, parentFolderId=one)

    filed = api.data(FILE, {"tdo": number, "folder": two})["fileTemporalDataObject"]
    assert [each["id"] for each in filed["folders"]] == [one, two]
    assert api.data(FILE, {"tdo": number, "folder": two})["fileTemporalDataObject"] == filed
    listed = api.data(
        "query ($id: ID!) { folder(id: $id) { childTDOs(limit: 10) { count records { id } } } }",
        {"id": one},
    )
    assert listed["folder"]["childTDOs"] == {"count": 1, "records": [{"id": number}]}

    moved = api.data(
        "mutation ($tdo: ID!, $old: ID!, $new: ID!) { moveTemporalDataObject(input: {tdoId: $tdo,"
        " oldFolderId: $old, newFolderId: $new}) { folders { id } } }",
        {"tdo": number, "old": one, "new": root},
    )["moveTemporalDataObject"]
    assert {each["id"] for each in moved["folders"]} == {two, root}
    take = (
        "mutation ($tdo: ID!, $folder: ID!) { unfileTemporalDataObject(input: {tdoId: $tdo,"
        " folderId: $folder}) { folders { id } } }"
    )
    left = api.data(take, {"tdo": number, "folder": root})["unfileTemporalDataObject"]
    assert left["folders"] == [{"id": two}]
    assert api.error(take, {"tdo": number, "folder": root})["name"] == "not_found"


def test_a_job_files_the_recording_that_it_makes(api: Speaker, root: str) -> None:
    place = folder(api, "jobs", root)["id"]

    job = api.data(
        """mutation ($folder: ID!) { createJob(input: {
             target: {status: "downloaded", parentFolderId: $folder}
             tasks: [{engineId: "noop"}] }) { targetId } }""",
        {"folder": place},
    )["createJob"]

    folders = api.data(TDO, {"id": job["targetId"]})["temporalDataObject"]["folders"]
    assert [each["id"] for each in folders] == [place]


def test_a_deleted_folder_takes_folders_along_and_leaves_recordings(
    api: Speaker, root: str
) -> None:
    outer = folder(api, "outer", root)["id"]
    inner = folder(api, "inner", outer)["id"]
    number = tdo(api, parentFolderId=inner)

    gone = api.data(
        "mutation ($id: ID!) { deleteFolder(input: {id: $id, orderIndex: 0}) { id message } }",
        {"id": outer},
    )["deleteFolder"]

    assert gone == {"id": outer, "message": f"Folder {outer} was deleted."}
    assert api.data(TDO, {"id": number})["temporalDataObject"]["folders"] == []
    for each in (outer, inner):
        error = api.error("query ($id: ID!) { folder(id: $id) { id } }", {"id": each})
        assert (error["message"], error["data"]["objectType"]) == (
            "The requested object was not found",
            "Folder",
        )


def test_a_deleted_recording_is_in_no_folder(api: Speaker, root: str) -> None:
    place = folder(api, "once", root)["id"]
    number = tdo(api, parentFolderId=place)

    api.data(f'mutation {{ deleteTDO(id: "{number}") {{ id }} }}')

    listed = api.data("query ($id: ID!) { folder(id: $id) { childTDOs { count } } }", {"id": place})
    assert listed["folder"]["childTDOs"] == {"count": 0}


def test_a_folder_that_is_not_there_makes_nothing(api: Speaker) -> None:
    query = (
        f'mutation {{ createTDO(input: {{ {TIMES} name: "lost" parentFolderId: "1" }}) {{ id }} }}'
    )

    assert api.error(query)["data"]["objectType"] == "Folder"
    listed = api.data("{ temporalDataObjects(limit: 5) { records { name } } }")
    assert "lost" not in {each["name"] for each in listed["temporalDataObjects"]["records"]}


def test_folders_of_others_are_not_there(api: Speaker, server: Running, root: str) -> None:
    made = server.client.post("/api/v1/organizations", json={"name": "others of folders"}).json()
    with Speaker(server.url, made["key"]) as stranger:
        error = stranger.error("query ($id: ID!) { folder(id: $id) { id } }", {"id": root})
        assert error["name"] == "not_found"
        (own,) = stranger.data("{ rootFolders { id } }")["rootFolders"]
        assert own["id"] != root


def test_who_may_only_read_makes_no_folder(api: Speaker, server: Running, root: str) -> None:
    with Speaker(server.url, server.key_with(Right.JOBS_READ)) as reader:
        assert reader.data("query ($id: ID!) { folder(id: $id) { id } }", {"id": root})["folder"]
        assert reader.error(CREATE, {"name": "no", "parent": root})["name"] == "not_allowed"
