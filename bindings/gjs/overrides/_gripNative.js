/* _gripNative.js
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

// From JavaScript's own types to those of GLib and of Grip: what is none of them stays as it is, for GJS to
// refuse.

/* exported checkOptions, toBytes, toChannel, toChannels, toEndpoint, toFormat, toFormats, toHeaders, toItem,
   toKey, toResponse, toVariantArgument */

const {GLib, GObject} = imports.gi;

const encoder = new TextEncoder();

function isPlain(value) {
    if (typeof value !== 'object' || value === null)
        return false;
    const prototype = Object.getPrototypeOf(value);
    return prototype === Object.prototype || prototype === null;
}

function isBytes(value) {
    return value instanceof Uint8Array || value instanceof ArrayBuffer || value instanceof GLib.Bytes;
}

function toBytes(value) {
    if (typeof value === 'string')
        return new GLib.Bytes(encoder.encode(value));
    if (value instanceof ArrayBuffer)
        return new GLib.Bytes(new Uint8Array(value));
    return value instanceof Uint8Array ? new GLib.Bytes(value) : value;
}

function toDictionary(object) {
    const entries = Object.entries(object).filter(([, value]) => value !== undefined);
    return new GLib.Variant('a{sv}', Object.fromEntries(
        entries.map(([name, value]) => [name, toVariant(value)])));
}

function toVariant(value) {
    if (value === null)
        return new GLib.Variant('mv', null);
    if (value instanceof GLib.Variant)
        return value;
    if (typeof value === 'string')
        return new GLib.Variant('s', value);
    if (typeof value === 'boolean')
        return new GLib.Variant('b', value);
    if (typeof value === 'bigint' || Number.isSafeInteger(value))
        return new GLib.Variant('x', Number(value));
    if (typeof value === 'number')
        return new GLib.Variant('d', value);
    if (isBytes(value))
        return GLib.Variant.new_from_bytes(new GLib.VariantType('ay'), toBytes(value), true);
    if (Array.isArray(value))
        return new GLib.Variant('av', value.map(toVariant));
    if (typeof value === 'object')
        return toDictionary(value);
    throw new TypeError(`${typeof value} cannot be a value of a configuration or of a format`);
}

// Of an argument: null is none, and what is no object or list is for GJS to refuse.
function toVariantArgument(value) {
    return typeof value === 'object' && value !== null ? toVariant(value) : value;
}

// An object, a Map or a list of pairs; a name may have a list of values.
function toHeaders(value) {
    if (typeof value !== 'object' || value === null || value instanceof GLib.Variant)
        return value;
    const pairs = Array.isArray(value) || value instanceof Map ? [...value] : Object.entries(value);
    return new GLib.Variant('a(ss)', pairs.flatMap(([name, values]) =>
        (Array.isArray(values) ? values : [values]).map(one => [`${name}`, `${one}`])));
}

function checkOptions(what, options, known) {
    if (!isPlain(options))
        throw new TypeError(`${what} is not described by ${options === null ? 'null' : typeof options}`);
    for (const name of Object.keys(options)) {
        if (!known.includes(name))
            throw new TypeError(`${what} has no option '${name}', but ${known.join(', ')}`);
    }
    return options;
}

// A format that is nothing but its description: a class of its own only when one is asked for.
let PlainFormat = null;

function newPlainFormat(name, description) {
    PlainFormat ??= GObject.registerClass({
        GTypeName: 'GripJsPlainFormat',
        Implements: [imports.gi.Grip.Format],
    }, class extends GObject.Object {
        vfunc_get_name() {
            return this.name;
        }

        vfunc_to_variant() {
            return this.description;
        }
    });

    if (!isPlain(description))
        throw new TypeError(`the format '${name}' is described by ${typeof description}, not by an object`);
    return Object.assign(new PlainFormat(), {name, description: toDictionary(description)});
}

// A format, or an object of names and descriptions.
function toFormats(value) {
    if (Array.isArray(value))
        return value.flatMap(one => isPlain(one) ? toFormats(one) : one);
    if (isPlain(value))
        return Object.entries(value).map(([name, description]) => newPlainFormat(name, description));
    return value;
}

function toFormat(value) {
    if (!isPlain(value))
        return value;
    const formats = toFormats(value);
    if (formats.length !== 1)
        throw new TypeError(`one format is wanted, not ${formats.length}`);
    return formats[0];
}

function toItem(value) {
    const {Grip} = imports.gi;
    return value instanceof Grip.Format || Array.isArray(value) || isPlain(value) ? new Grip.Item(value) : value;
}

function toEndpoint(value) {
    return typeof value === 'string' || isPlain(value) ? new imports.gi.Grip.Endpoint(value) : value;
}

function toKey(value) {
    return typeof value === 'string' || isBytes(value) || isPlain(value) ? new imports.gi.Grip.Key(value) : value;
}

// Text or bytes are a body.
function toResponse(value) {
    const {Grip} = imports.gi;
    if (typeof value === 'string' || isBytes(value))
        return new Grip.Response({body: value});
    return isPlain(value) ? new Grip.Response(value) : value;
}

function toChannel(value) {
    return typeof value === 'string' || isPlain(value) ? new imports.gi.Grip.Channel(value) : value;
}

// Names, objects and channels, one or several.
function toChannels(value) {
    if (value === null || value === undefined)
        return value;
    return (Array.isArray(value) ? value : [value]).map(toChannel);
}
