// The lesson editor.
