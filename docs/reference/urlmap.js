// urlmap.js
//
// Copyright 2026 The libgrip authors
//
// SPDX-License-Identifier: LGPL-2.1-or-later

// Where the classes of other namespaces are described.
baseURLs = [
  ['GLib', 'https://docs.gtk.org/glib/'],
  ['GObject', 'https://docs.gtk.org/gobject/'],
  ['Gio', 'https://docs.gtk.org/gio/'],
  ['Soup', 'https://libsoup.org/libsoup-3.0/'],
  ['Grip', '../Grip-1.0/'],
  ['GripSoup', '../GripSoup-1.0/'],
]
