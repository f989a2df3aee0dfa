# _item.py
#
# Copyright 2026 The libgrip authors
#
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Items and formats."""
from gi.repository import GObject, Grip


class Format:
    """What an application derives its own formats from: name() and export() are to be written."""

    def name(self):
        raise NotImplementedError('%s has no name()' % type(self).__name__)

    def export(self):
        raise NotImplementedError('%s has no export()' % type(self).__name__)

    def _to_grip(self):
        return _Exported(self)


class _Exported(GObject.Object, Grip.Format):
    """What export() gave, so that it is called in the thread that publishes and once an item."""

    def __init__(self, format):
        super().__init__()
        self._name = format.name()
        self._members = format.export()

    def do_get_name(self):
        return self._name

    def do_to_variant(self):
        return self._members


class Item:
    """One message: a format or a list of formats, `id`, `prev_id` and `meta`."""

    def __init__(self, formats, id=None, prev_id=None, meta=None):
        self.formats = list(formats) if isinstance(formats, (list, tuple)) else [formats]
        self.id = id
        self.prev_id = prev_id
        self.meta = meta

    def _to_grip(self):
        return Grip.Item([_format_to_grip(format) for format in self.formats],
                         self.id, self.prev_id, self.meta)


def _format_to_grip(format):
    if isinstance(format, Grip.Format):
        return format
    if hasattr(format, '_to_grip'):
        return format._to_grip()
    if hasattr(format, 'export') and hasattr(format, 'name'):
        return _Exported(format)

    raise TypeError('%s is not a format' % type(format).__name__)


def item_to_grip(item):
    if isinstance(item, Grip.Item):
        return item
    if isinstance(item, Item):
        return item._to_grip()

    raise TypeError('an Item is to be published, not %s' % type(item).__name__)
