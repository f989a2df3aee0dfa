/* override.mjs
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

// override.mjs TYPES_DIR: puts into the typings what the override of GJS (bindings/gjs) adds: text and bytes
// for each other, plain objects, `new`, nulls at the end that may be left out, and iteration.

import fs from 'node:fs';
import path from 'node:path';

const BYTES = 'string | Uint8Array | GLib.Bytes';

// Beside the classes of the namespace.
const ALIASES = `
    // What the override takes in the place of objects.
    type Values = {readonly [name: string]: unknown};
    type FormatLike = Format | {readonly [name: string]: Values};
    type ItemLike = Item | FormatLike | readonly FormatLike[];
    type ItemOptions = {
        id?: string | null, prev_id?: string | null, meta?: {readonly [name: string]: string} | null,
        no_seq?: boolean, size?: number,
    };
    type EndpointLike = Endpoint | string | Values;
    type KeyLike = Key | ${BYTES} | Values;
    type ChannelOptions = {name: string, prev_id?: string | null, filters?: string[] | null};
    type ChannelLike = Channel | string | ChannelOptions;
    type HeadersLike = GLib.Variant | {readonly [name: string]: unknown} | ReadonlyMap<string, unknown> | readonly unknown[];
    type ResponseOptions = {code?: number, reason?: string | null, headers?: HeadersLike | null, body?: ${BYTES} | null};
    type ResponseLike = Response | ${BYTES} | ResponseOptions;
    type EventOptions = {event_type: string, content?: ${BYTES} | null};
`;

const CONSTRUCTORS = {
    Channel: 'channel: string | ChannelOptions, prev_id?: string | null, filters?: string[] | null',
    Endpoint: 'config: string | Values | GLib.Variant',
    HttpResponseFormat: `content?: ${BYTES} | Partial<HttpResponseFormat.ConstructorProps> | Values`,
    HttpStreamFormat: `content?: ${BYTES} | Partial<HttpStreamFormat.ConstructorProps> | Values`,
    Item: 'formats: FormatLike | readonly FormatLike[], options?: ItemOptions',
    Key: `key: ${BYTES} | Values | GLib.Variant`,
    PubControl: 'config?: string | readonly Values[] | Partial<PubControl.ConstructorProps>, ' +
        'properties?: Partial<PubControl.ConstructorProps>',
    Response: 'response?: ResponseOptions',
    WebSocketEvent: `event: string | EventOptions, content?: ${BYTES} | null`,
    WebSocketMessageFormat: `content?: ${BYTES} | Partial<WebSocketMessageFormat.ConstructorProps> | Values`,
};

// Of arguments.
const TYPES = {
    'Item': 'ItemLike',
    'Format': 'FormatLike',
    'Format[]': 'readonly FormatLike[]',
    'Endpoint': 'EndpointLike',
    'Key': 'KeyLike',
    'Channel': 'ChannelLike',
    'Channel[]': 'ChannelLike | readonly ChannelLike[]',
    'Response': 'ResponseLike',
    'GLib.Bytes | Uint8Array': BYTES,
    'Uint8Array | string': BYTES,
    'GObject.GType': 'GObject.GType | { $gtype: GObject.GType<unknown> }',
};
const BY_NAME = {headers: 'HeadersLike', config: 'Values | readonly Values[] | GLib.Variant',
    jwk: 'Values | GLib.Variant', args: 'Values | GLib.Variant', operations: 'readonly Values[] | GLib.Variant'};
const NEEDED = ['key', 'token'];

function split(list) {
    const parts = [];
    let depth = 0, from = 0;
    for (let i = 0; i < list.length; i++) {
        if ('<([{'.includes(list[i]))
            depth++;
        else if (')]}'.includes(list[i]) || list[i] === '>' && list[i - 1] !== '=')
            depth--;
        else if (list[i] === ',' && depth === 0) {
            parts.push(list.slice(from, i).trim());
            from = i + 1;
        }
    }
    return [...parts, list.slice(from).trim()].filter(part => part !== '');
}

function convert(name, type, call) {
    const isNullable = type.endsWith(' | null');
    const plain = type.replace(/ \| null$/, '');
    let converted = TYPES[plain.replace(/^Grip\./, '')] ?? plain;
    if (plain.startsWith('Grip.') && converted !== plain)
        converted = `Grip.${converted}`;
    if (plain === 'GLib.Variant' && BY_NAME[name])
        converted = BY_NAME[name];
    if (plain === 'string' && ['body', 'content'].includes(name) && /^publish_(http|websocket)/.test(call))
        converted = BYTES;
    return isNullable ? `${converted} | null` : converted;
}

function patchCall(line) {
    const found = line.match(/^(\s+(?:static |function )?)([a-z]\w*|\["new"\])\((.*)\): (.*);$/);
    if (found === null || /^(vfunc_|connect|emit$)/.test(found[2]))
        return line;
    const [, head, call, list, result] = found;
    const parameters = split(list).map(part => {
        const [, name, optional, type] = part.match(/^(\.{0,3}\w+)(\??): (.*)$/s);
        return {name, optional, type: convert(name, type, call)};
    });

    const isSetter = call.startsWith('set_') && !call.endsWith('_async');
    for (const parameter of parameters.toReversed()) {
        const mayBeLeftOut = parameter.type.endsWith(' | null') && !NEEDED.includes(parameter.name) ||
            call === 'create_hold_response' && parameter.name === 'timeout';
        if (isSetter || !mayBeLeftOut && parameter.optional === '' || parameter.type.startsWith('Gio.AsyncReady'))
            break;
        parameter.optional = '?';
    }
    return `${head}${call}(${parameters.map(({name, optional, type}) => `${name}${optional}: ${type}`).join(', ')}): ${result};`;
}

function patch(line) {
    const constructor = line.match(/^(\s+)constructor\(properties\?: Partial<(\w+)\.ConstructorProps>, \.\.\.args: any\[\]\);$/);
    if (constructor !== null && CONSTRUCTORS[constructor[2]])
        return `${constructor[1]}constructor(${CONSTRUCTORS[constructor[2]]});`;
    const model = line.match(/^(\s*)static \$gtype: GObject\.GType<(PubControl|Stats)>;$/);
    if (model !== null)
        return `${line}\n${model[1]}[Symbol.iterator](): IterableIterator<A>;`;
    return patchCall(line);
}

const [directory] = process.argv.slice(2);
for (const name of ['grip-1.0.d.ts', 'gripsoup-1.0.d.ts']) {
    const file = path.join(directory, name);
    if (!fs.existsSync(file))
        continue;
    const text = fs.readFileSync(file, 'utf8').split('\n').map(patch).join('\n');
    fs.writeFileSync(file, text.replace(/^( *export namespace Grip \{)$/m, `$1\n${ALIASES}`));
}
