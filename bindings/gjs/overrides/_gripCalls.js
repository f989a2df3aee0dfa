/* _gripCalls.js
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

// Wraps the calls of a namespace that generate.py found: native arguments, Promises, and nulls at the end
// that may be left out.

/* exported wrapNamespace */

const {Gio} = imports.gi;
const Native = imports.overrides._gripNative;

const CONVERTERS = {
    bytes: Native.toBytes,
    variant: Native.toVariantArgument,
    headers: Native.toHeaders,
    channel: Native.toChannel,
    channels: Native.toChannels,
    endpoint: Native.toEndpoint,
    format: Native.toFormat,
    formats: Native.toFormats,
    item: Native.toItem,
    key: Native.toKey,
    response: Native.toResponse,
};

// Which of the two the value at @at wants: the call itself, or its twin.
function wantsTwin(call, value) {
    if (call.twin === undefined || value === null || value === undefined)
        return false;
    return call.twin.includes('_bytes') ? typeof value !== 'string' : typeof value === 'string';
}

function convertArguments(args, call) {
    for (const [index, converter] of Object.entries(call.converters)) {
        if (index < args.length)
            args[index] = CONVERTERS[converter](args[index]);
    }
    for (let i = call.required; i < args.length; i++)
        args[i] ??= null;
    // A callback at the end is for GJS.
    while (args.length >= call.required && args.length < call.given && typeof args.at(-1) !== 'function')
        args.push(null);
    return args;
}

function wrapCall(owner, name, call, title, isStatic) {
    const original = owner[name];
    const {length} = original;

    owner[name] = function (...args) {
        if (wantsTwin(call, args[call.at]))
            return (isStatic ? owner : this)[call.twin](...args);
        const result = original.apply(this, convertArguments(args, call));
        // C has written a critical.
        if (result === null && call.makes)
            throw new Error(`${title} was given an argument that it does not take`);
        return result;
    };
    Object.defineProperty(owner[name], 'length', {value: length});
}

function promisify(prototype) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
        if (!name.endsWith('_async'))
            continue;
        const {length} = prototype[name];
        Gio._promisify(prototype, name, name.replace(/_async$/, '_finish'));
        Object.defineProperty(prototype[name], 'length', {value: length});
    }
}

// @table has the calls of each class and, under '', of the namespace.
function wrapNamespace(namespace, title, table) {
    for (const [name, calls] of Object.entries(table)) {
        const owner = name === '' ? namespace : namespace[name];
        if (name !== '')
            promisify(owner.prototype);
        for (const [call, description] of Object.entries(calls)) {
            const isStatic = name === '' || description.static;
            wrapCall(isStatic ? owner : owner.prototype, call, description,
                [title, name, call].filter(part => part !== '').join('.'), isStatic);
        }
    }
}
