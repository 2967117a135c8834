"""Reports: codeunits with a document as their result, a PDF or an Excel workbook."""
