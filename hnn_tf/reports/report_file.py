"""The file of a report."""

import os

from hnn_tf.files.atomic_file import atomic_file
from hnn_tf.reports.html_page import report_html
from hnn_tf.reports.report_contents import ReportContents


def write_report(path: str | os.PathLike, contents: ReportContents) -> None:
    """Writes the page of a report to `path`, completely or not at all.

    Args:
      path: The HTML file to write.
      contents: What the page shows.

    Raises:
      OSError: If the file cannot be written; the error names `path`.
    """
    page = report_html(contents)
    with atomic_file(path) as temporary:
        # Names of files may contain bytes that are not UTF-8, which Python keeps as single surrogates.
        temporary.write_text(page, encoding="utf-8", errors="replace", newline="\n")
