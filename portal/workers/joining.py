"""Parts of a run put together to one file, in worker processes. Imports little: each worker waits for it."""

from collections.abc import Sequence
from pathlib import Path

import pypdfium2


def join_parts(parts: Sequence[Path], target: Path, tagged: bool = False) -> None:
    """One file of all pages. The first part's title, language and printing preferences are the whole's.

    With `tagged` the parts' structure for screen readers is put together as well.
    """
    if tagged:
        _join_tagged(parts, target)
        return
    whole = pypdfium2.PdfDocument(parts[0])
    for part in parts[1:]:
        more = pypdfium2.PdfDocument(part)
        whole.import_pages(more)
        more.close()
    whole.save(target)


def _join_tagged(parts: Sequence[Path], target: Path) -> None:
    """ISO 32000-1, 14.7: each page names its row of the parent tree, and each element hangs below one document element.

    pypdfium2 leaves the structure behind, so this is pikepdf's; it costs 40 ms to load, which only such a run pays.
    """
    import pikepdf

    with pikepdf.open(parts[0]) as whole:
        tree = whole.Root.StructTreeRoot
        document, rows = tree.K[0], tree.ParentTree.Nums
        for part in parts[1:]:
            with pikepdf.open(part) as more:
                shift = len(whole.pages)  # WeasyPrint numbers the rows by page
                for page in more.pages:
                    page.obj.StructParents = page.obj.StructParents + shift
                whole.pages.extend(more.pages)
                # After the pages, so that what points at them points at the copies.
                copied = whole.copy_foreign(more.Root.StructTreeRoot)
                for element in copied.K[0].K:
                    element.P = document
                    document.K.append(element)
                for place in range(0, len(copied.ParentTree.Nums), 2):
                    rows.append(copied.ParentTree.Nums[place] + shift)
                    rows.append(copied.ParentTree.Nums[place + 1])
        whole.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
