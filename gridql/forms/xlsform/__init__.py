"""XLSForms taken over: what of a spreadsheet can be a form, and what cannot."""
