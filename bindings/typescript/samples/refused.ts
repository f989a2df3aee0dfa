/* refused.ts
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

// What must not pass the check. Each line below a mark is an error, and tsc complains of a mark that is
// none.

import Grip from 'gi://Grip?version=1.0';

const control = new Grip.PubControl();

// @ts-expect-error a channel is a string
await control.publish_async(5, Grip.Item.new(new Grip.HttpStreamFormat('x'), null, null));
// @ts-expect-error an item is no string
await control.publish_async('channel', 'item');
// @ts-expect-error there is no such call
control.publish_all('channel');
// @ts-expect-error content is text or bytes
new Grip.HttpStreamFormat(5);
// @ts-expect-error a format is described by an object
new Grip.Item({'http-stream': 'text'});
// @ts-expect-error an item has no such option
new Grip.Item(new Grip.HttpStreamFormat('x'), {prevId: '1'});
// @ts-expect-error a channel has a name
new Grip.Channel({prev_id: '1'});
// @ts-expect-error an endpoint is made of something
new Grip.Endpoint();
// @ts-expect-error what is awaited is true or an exception
const text: string = await control.close_async();
// @ts-expect-error the token may be null, the key not left out
Grip.validate_sig('token');

export {text};
