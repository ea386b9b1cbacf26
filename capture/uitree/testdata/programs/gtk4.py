import gi
gi.require_version("Gtk","4.0")
from gi.repository import Gtk
app=Gtk.Application(application_id="test.form")
def go(a):
    w=Gtk.ApplicationWindow(application=a,title="GTK 4 form"); w.set_default_size(400,300)
    box=Gtk.Box(orientation=Gtk.Orientation.VERTICAL,spacing=8)
    w.set_child(box)
    e=Gtk.Entry(); p=Gtk.PasswordEntry(); p.set_show_peek_icon(True)
    l=Gtk.Label(label="_Host",use_underline=True); l.set_mnemonic_widget(e)
    box.append(l); box.append(e); box.append(Gtk.Label(label="Key")); box.append(p)
    d=Gtk.DropDown.new_from_strings(["staging","production"]); box.append(d)
    mb=Gtk.MenuButton(label="More"); pop=Gtk.Popover(); pb=Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
    for t in ("Roll back","Drain"): pb.append(Gtk.Button(label=t))
    pop.set_child(pb); mb.set_popover(pop); box.append(mb)
    box.append(Gtk.CheckButton(label="Keep logs"))
    w.present()
app.connect("activate",go); app.run()
