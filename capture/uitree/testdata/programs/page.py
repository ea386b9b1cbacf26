"""A window of WebKitGTK with a page in it: page.py TITLE ADDRESS-OR-HTML."""
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402

window = Gtk.Window(title=sys.argv[1])
window.set_default_size(600, 400)
view = WebKit2.WebView()
view.load_html(sys.argv[2], "http://ops:hunter2@console.test/app/deploy?env=prod&token=abcdefghijklmnop0123456789#log")
window.add(view)
window.connect("destroy", Gtk.main_quit)
window.show_all()
Gtk.main()
