"""A form of Qt 5: labelled fields, a box, tabs, a table, a menu bar and a list."""
import sys

from PyQt5.QtWidgets import (QAction, QApplication, QCheckBox, QComboBox, QFormLayout, QLineEdit, QMainWindow,
                             QPushButton, QSpinBox, QTableWidget, QTableWidgetItem, QTabWidget, QWidget)

app = QApplication(sys.argv)
window = QMainWindow()
window.setWindowTitle("Qt form")
menu = window.menuBar().addMenu("File")
menu.addAction(QAction("Save as", window))
form = QWidget()
rows = QFormLayout(form)
rows.addRow("Host:", QLineEdit())
secret = QLineEdit()
secret.setEchoMode(QLineEdit.Password)
rows.addRow("Pass phrase:", secret)
rows.addRow("Copies:", QSpinBox())
choice = QComboBox()
choice.addItems(["staging", "production"])
rows.addRow("Target:", choice)
rows.addRow(QCheckBox("Keep logs"))
rows.addRow(QPushButton("Roll out"))
table = QTableWidget(2, 2)
table.setHorizontalHeaderLabels(["Node", "State"])
for r, line in enumerate([("web-1", "ready"), ("web-2", "cordoned")]):
    for c, text in enumerate(line):
        table.setItem(r, c, QTableWidgetItem(text))
tabs = QTabWidget()
tabs.addTab(form, "Settings")
tabs.addTab(table, "Nodes")
window.setCentralWidget(tabs)
window.resize(420, 360)
window.show()
app.exec_()
