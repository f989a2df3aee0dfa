/* item-cases.h
 *
 * Copyright 2026 The libgrip authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <libgrip/grip.h>

/* What each form of protocol 3.1 looks like on the wire: `formats` of the JSON, and the whole item as a
 * tnetstring. */

typedef struct
{
  const char               *name;
  char                      format;       /* 'r'esponse, 's'tream, 'w'ebsocket */
  const char               *content;
  gsize                     length;
  GripAction                action;
  GripWebSocketMessageKind  kind;
  const char               *code;
  const char               *reason;
  const char               *headers[8];
  const char               *filters[4];
  const char               *patch;
  const char               *error;
  const char               *json;
  gsize                     json_length;
  const char               *tnetstring;
  gsize                     tnetstring_length;
} ItemCase;

#define TEXT(literal) .content = literal, .length = sizeof literal - 1
#define WIRE(text, tnet) \
  .json = text, .json_length = sizeof text - 1, .tnetstring = tnet, .tnetstring_length = sizeof tnet - 1

static const ItemCase good_cases[] = {
  { "stream/text", 's', TEXT ("hello\n"),
    WIRE ("{\"http-stream\":{\"content\":\"hello\\n\"}}",
          "66:7:channel,1:c,7:formats,38:11:http-stream,19:7:content,6:hello\x0a,}}}") },
  { "stream/empty", 's', TEXT (""),
    WIRE ("{\"http-stream\":{\"content\":\"\"}}",
          "60:7:channel,1:c,7:formats,32:11:http-stream,13:7:content,0:,}}}") },
  { "stream/utf8", 's', TEXT ("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"),
    WIRE ("{\"http-stream\":{\"content\":\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"}}",
          "69:7:channel,1:c,7:formats,41:11:http-stream,22:7:content,9:\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80,}}}") },
  { "stream/nul", 's', TEXT ("a\0b"),
    WIRE ("{\"http-stream\":{\"content\":\"a\\u0000b\"}}",
          "63:7:channel,1:c,7:formats,35:11:http-stream,16:7:content,3:a\x00""b,}}}") },
  { "stream/escapes", 's', TEXT ("\"\\/\b\f\n\r\t\x7f"),
    WIRE ("{\"http-stream\":{\"content\":\"\\\"\\\\/\\b\\f\\n\\r\\t\x7f\"}}",
          "69:7:channel,1:c,7:formats,41:11:http-stream,22:7:content,9:\"\\/\x08\x0c\x0a\x0d\x09\x7f,}}}") },
  { "stream/bytes", 's', TEXT ("\xff\0\xfe"),
    WIRE ("{\"http-stream\":{\"content-bin\":\"/wD+\"}}",
          "63:7:channel,1:c,7:formats,35:11:http-stream,16:7:content,3:\xff\x00\xfe,}}}") },
  { "stream/filters", 's', TEXT ("x"), .filters = { "skip-self", "var-subst" },
    WIRE ("{\"http-stream\":{\"content-filters\":[\"skip-self\",\"var-subst\"],\"content\":\"x\"}}",
          "108:7:channel,1:c,7:formats,80:11:http-stream,61:15:content-filters,24:9:skip-self,9:var-subst,]7:content,1:x,}}}") },
  { "stream/close", 's', .action = GRIP_ACTION_CLOSE,
    WIRE ("{\"http-stream\":{\"action\":\"close\"}}",
          "64:7:channel,1:c,7:formats,36:11:http-stream,17:6:action,5:close,}}}") },
  { "stream/hint", 's', .action = GRIP_ACTION_HINT,
    WIRE ("{\"http-stream\":{\"action\":\"hint\"}}",
          "63:7:channel,1:c,7:formats,35:11:http-stream,16:6:action,4:hint,}}}") },
  { "response/text", 'r', TEXT ("hello"),
    WIRE ("{\"http-response\":{\"body\":\"hello\"}}",
          "64:7:channel,1:c,7:formats,36:13:http-response,15:4:body,5:hello,}}}") },
  { "response/empty", 'r', TEXT (""),
    WIRE ("{\"http-response\":{\"body\":\"\"}}",
          "59:7:channel,1:c,7:formats,31:13:http-response,10:4:body,0:,}}}") },
  { "response/nul", 'r', TEXT ("\0"),
    WIRE ("{\"http-response\":{\"body\":\"\\u0000\"}}",
          "60:7:channel,1:c,7:formats,32:13:http-response,11:4:body,1:\x00,}}}") },
  { "response/bytes", 'r', TEXT ("\x80"),
    WIRE ("{\"http-response\":{\"body-bin\":\"gA==\"}}",
          "60:7:channel,1:c,7:formats,32:13:http-response,11:4:body,1:\x80,}}}") },
  { "response/code", 'r', TEXT (""), .code = "404", .reason = "Gone Fishing",
    WIRE ("{\"http-response\":{\"code\":404,\"reason\":\"Gone Fishing\",\"body\":\"\"}}",
          "97:7:channel,1:c,7:formats,69:13:http-response,48:4:code,3:404#6:reason,12:Gone Fishing,4:body,0:,}}}") },
  { "response/code-0", 'r', TEXT (""), .code = "0",
    WIRE ("{\"http-response\":{\"code\":0,\"body\":\"\"}}",
          "70:7:channel,1:c,7:formats,42:13:http-response,21:4:code,1:0#4:body,0:,}}}") },
  { "response/code-999", 'r', TEXT (""), .code = "999",
    WIRE ("{\"http-response\":{\"code\":999,\"body\":\"\"}}",
          "72:7:channel,1:c,7:formats,44:13:http-response,23:4:code,3:999#4:body,0:,}}}") },
  { "response/reason", 'r', TEXT (""), .reason = "\xc3\xa4",
    WIRE ("{\"http-response\":{\"reason\":\"\xc3\xa4\",\"body\":\"\"}}",
          "73:7:channel,1:c,7:formats,45:13:http-response,24:6:reason,2:\xc3\xa4,4:body,0:,}}}") },
  { "response/headers", 'r', TEXT ("{}"), .headers = { "B", "2", "A", "1", "B", "3" },
    WIRE ("{\"http-response\":{\"headers\":[[\"B\",\"2\"],[\"A\",\"1\"],[\"B\",\"3\"]],\"body\":\"{}\"}}",
          "108:7:channel,1:c,7:formats,80:13:http-response,59:7:headers,33:8:1:B,1:2,]8:1:A,1:1,]8:1:B,1:3,]]4:body,2:{},}}}") },
  { "response/header-tab", 'r', TEXT (""), .headers = { "X", "a\tb" },
    WIRE ("{\"http-response\":{\"headers\":[[\"X\",\"a\\tb\"]],\"body\":\"\"}}",
          "87:7:channel,1:c,7:formats,59:13:http-response,38:7:headers,14:10:1:X,3:a\x09""b,]]4:body,0:,}}}") },
  { "response/header-empty", 'r', TEXT (""), .headers = { "X", "" },
    WIRE ("{\"http-response\":{\"headers\":[[\"X\",\"\"]],\"body\":\"\"}}",
          "83:7:channel,1:c,7:formats,55:13:http-response,34:7:headers,10:7:1:X,0:,]]4:body,0:,}}}") },
  { "response/all", 'r', TEXT ("x"), .code = "201", .reason = "R", .headers = { "A", "1" }, .filters = { "build-id" },
    WIRE ("{\"http-response\":{\"code\":201,\"reason\":\"R\",\"headers\":[[\"A\",\"1\"]],\"content-filters\":[\"build-id\"],\"body\":\"x\"}}",
          "146:7:channel,1:c,7:formats,117:13:http-response,96:4:code,3:201#6:reason,1:R,7:headers,11:8:1:A,1:1,]]15:content-filters,11:8:build-id,]4:body,1:x,}}}") },
  { "response/patch", 'r', .patch = "[{\"op\":\"add\",\"path\":\"/a\",\"value\":[1,null,true,\"x\"]},{\"op\":\"remove\",\"path\":\"/b\"}]",
    WIRE ("{\"http-response\":{\"body-patch\":[{\"op\":\"add\",\"path\":\"/a\",\"value\":[1,null,true,\"x\"]},{\"op\":\"remove\",\"path\":\"/b\"}]}}",
          "156:7:channel,1:c,7:formats,127:13:http-response,105:10:body-patch,87:53:2:op,3:add,4:path,2:/a,5:value,18:1:1#0:~4:true!1:x,]}26:2:op,6:remove,4:path,2:/b,}]}}}") },
  { "response/patch-empty", 'r', .patch = "[]",
    WIRE ("{\"http-response\":{\"body-patch\":[]}}",
          "66:7:channel,1:c,7:formats,38:13:http-response,17:10:body-patch,0:]}}}") },
  { "response/close", 'r', .action = GRIP_ACTION_CLOSE,
    WIRE ("{\"http-response\":{\"action\":\"close\"}}",
          "66:7:channel,1:c,7:formats,38:13:http-response,17:6:action,5:close,}}}") },
  { "response/hint", 'r', .action = GRIP_ACTION_HINT,
    WIRE ("{\"http-response\":{\"action\":\"hint\"}}",
          "65:7:channel,1:c,7:formats,37:13:http-response,16:6:action,4:hint,}}}") },
  { "ws/text", 'w', TEXT ("hello"),
    WIRE ("{\"ws-message\":{\"content\":\"hello\"}}",
          "64:7:channel,1:c,7:formats,36:10:ws-message,18:7:content,5:hello,}}}") },
  { "ws/empty", 'w', TEXT (""),
    WIRE ("{\"ws-message\":{\"content\":\"\"}}",
          "59:7:channel,1:c,7:formats,31:10:ws-message,13:7:content,0:,}}}") },
  { "ws/text-nul", 'w', TEXT ("a\0"),
    WIRE ("{\"ws-message\":{\"content\":\"a\\u0000\"}}",
          "61:7:channel,1:c,7:formats,33:10:ws-message,15:7:content,2:a\x00,}}}") },
  { "ws/binary", 'w', .kind = GRIP_WEBSOCKET_MESSAGE_BINARY, TEXT ("\xff\0"),
    WIRE ("{\"ws-message\":{\"content-bin\":\"/wA=\"}}",
          "66:7:channel,1:c,7:formats,38:10:ws-message,20:11:content-bin,2:\xff\x00,}}}") },
  { "ws/binary-of-text", 'w', .kind = GRIP_WEBSOCKET_MESSAGE_BINARY, TEXT ("text"),
    WIRE ("{\"ws-message\":{\"content-bin\":\"dGV4dA==\"}}",
          "68:7:channel,1:c,7:formats,40:10:ws-message,22:11:content-bin,4:text,}}}") },
  { "ws/binary-empty", 'w', .kind = GRIP_WEBSOCKET_MESSAGE_BINARY, TEXT (""),
    WIRE ("{\"ws-message\":{\"content-bin\":\"\"}}",
          "64:7:channel,1:c,7:formats,36:10:ws-message,18:11:content-bin,0:,}}}") },
  { "ws/filters", 'w', TEXT ("x"), .filters = { "build-id" },
    WIRE ("{\"ws-message\":{\"content-filters\":[\"build-id\"],\"content\":\"x\"}}",
          "94:7:channel,1:c,7:formats,66:10:ws-message,48:15:content-filters,11:8:build-id,]7:content,1:x,}}}") },
  { "ws/ping", 'w', .kind = GRIP_WEBSOCKET_MESSAGE_PING,
    WIRE ("{\"ws-message\":{\"type\":\"ping\",\"content\":\"\"}}",
          "73:7:channel,1:c,7:formats,45:10:ws-message,27:4:type,4:ping,7:content,0:,}}}") },
  { "ws/ping-text", 'w', .kind = GRIP_WEBSOCKET_MESSAGE_PING, TEXT ("p"),
    WIRE ("{\"ws-message\":{\"type\":\"ping\",\"content\":\"p\"}}",
          "74:7:channel,1:c,7:formats,46:10:ws-message,28:4:type,4:ping,7:content,1:p,}}}") },
  { "ws/ping-bytes", 'w', .kind = GRIP_WEBSOCKET_MESSAGE_PING, TEXT ("\xfe"),
    WIRE ("{\"ws-message\":{\"type\":\"ping\",\"content-bin\":\"/g==\"}}",
          "79:7:channel,1:c,7:formats,51:10:ws-message,33:4:type,4:ping,11:content-bin,1:\xfe,}}}") },
  { "ws/pong", 'w', .kind = GRIP_WEBSOCKET_MESSAGE_PONG,
    WIRE ("{\"ws-message\":{\"type\":\"pong\",\"content\":\"\"}}",
          "73:7:channel,1:c,7:formats,45:10:ws-message,27:4:type,4:pong,7:content,0:,}}}") },
  { "ws/pong-text", 'w', .kind = GRIP_WEBSOCKET_MESSAGE_PONG, TEXT ("p"),
    WIRE ("{\"ws-message\":{\"type\":\"pong\",\"content\":\"p\"}}",
          "74:7:channel,1:c,7:formats,46:10:ws-message,28:4:type,4:pong,7:content,1:p,}}}") },
  { "ws/close", 'w', .action = GRIP_ACTION_CLOSE,
    WIRE ("{\"ws-message\":{\"action\":\"close\"}}",
          "63:7:channel,1:c,7:formats,35:10:ws-message,17:6:action,5:close,}}}") },
  { "ws/close-code", 'w', .action = GRIP_ACTION_CLOSE, .code = "1001",
    WIRE ("{\"ws-message\":{\"action\":\"close\",\"code\":1001}}",
          "77:7:channel,1:c,7:formats,49:10:ws-message,31:6:action,5:close,4:code,4:1001#}}}") },
  { "ws/close-reason", 'w', .action = GRIP_ACTION_CLOSE, .code = "4999", .reason = "bye \xc3\xa4",
    WIRE ("{\"ws-message\":{\"action\":\"close\",\"code\":4999,\"reason\":\"bye \xc3\xa4\"}}",
          "95:7:channel,1:c,7:formats,67:10:ws-message,49:6:action,5:close,4:code,4:4999#6:reason,6:bye \xc3\xa4,}}}") },
  { "ws/hint", 'w', .action = GRIP_ACTION_HINT,
    WIRE ("{\"ws-message\":{\"action\":\"hint\"}}",
          "62:7:channel,1:c,7:formats,34:10:ws-message,16:6:action,4:hint,}}}") },
  { "ws/refresh", 'w', .action = GRIP_ACTION_REFRESH,
    WIRE ("{\"ws-message\":{\"action\":\"refresh\"}}",
          "65:7:channel,1:c,7:formats,37:10:ws-message,19:6:action,7:refresh,}}}") },
};

#define BYTES_124 \
  "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789" \
  "012345678901234567890123"

static const ItemCase bad_cases[] = {
  { "stream/missing", 's', .error = "http-stream: 'content' is missing" },
  { "stream/refresh", 's', .action = GRIP_ACTION_REFRESH, .error = "http-stream: 'action' refresh" },
  { "stream/close-content", 's', TEXT ("x"), .action = GRIP_ACTION_CLOSE, .error = "http-stream: 'content' goes with" },
  { "stream/hint-content", 's', TEXT (""), .action = GRIP_ACTION_HINT, .error = "http-stream: 'content' goes with" },
  { "stream/filter-empty", 's', TEXT ("x"), .filters = { "a", "" },
    .error = "http-stream: element 1 of 'content-filters'" },
  { "stream/filter-utf8", 's', TEXT ("x"), .filters = { "\xff" }, .error = "element 0 of 'content-filters'" },

  { "response/missing", 'r', .error = "http-response: 'body' or 'body-patch' is missing" },
  { "response/both", 'r', TEXT (""), .patch = "[]", .error = "http-response: 'body' and 'body-patch' exclude" },
  { "response/refresh", 'r', .action = GRIP_ACTION_REFRESH, .error = "http-response: 'action' refresh" },
  { "response/close-body", 'r', TEXT ("x"), .action = GRIP_ACTION_CLOSE, .error = "http-response: 'body' goes with" },
  { "response/hint-body", 'r', TEXT ("x"), .action = GRIP_ACTION_HINT, .error = "http-response: 'body' goes with" },
  { "response/close-patch", 'r', .patch = "[]", .action = GRIP_ACTION_CLOSE,
    .error = "http-response: 'body-patch' goes with" },
  { "response/code", 'r', TEXT (""), .code = "1000", .error = "http-response: 'code' 1000" },
  { "response/reason", 'r', TEXT (""), .reason = "a\r\nX: y", .error = "http-response: 'reason'" },
  { "response/reason-utf8", 'r', TEXT (""), .reason = "\xff", .error = "http-response: 'reason'" },
  { "response/header-name", 'r', TEXT (""), .headers = { "A", "1", "B C", "2" },
    .error = "http-response: 'headers' element 1: the name" },
  { "response/header-no-name", 'r', TEXT (""), .headers = { "", "1" }, .error = "'headers' element 0: the name" },
  { "response/header-colon", 'r', TEXT (""), .headers = { "A:", "1" }, .error = "'headers' element 0: the name" },
  { "response/header-utf8-name", 'r', TEXT (""), .headers = { "\xc3\xa4", "1" },
    .error = "'headers' element 0: the name" },
  { "response/header-cr", 'r', TEXT (""), .headers = { "A", "1\r" }, .error = "'headers' element 0: the value of 'A'" },
  { "response/header-lf", 'r', TEXT (""), .headers = { "A", "1\n2" }, .error = "'headers' element 0: the value of 'A'" },
  { "response/header-del", 'r', TEXT (""), .headers = { "A", "\x7f" }, .error = "'headers' element 0: the value of 'A'" },
  { "response/patch-element", 'r', .patch = "[{\"op\":\"remove\",\"path\":\"/a\"},1]",
    .error = "http-response: 'body-patch' element 1" },
  { "response/patch-op", 'r', .patch = "[{\"path\":\"/a\"}]", .error = "http-response: 'body-patch' element 0" },
  { "response/patch-path", 'r', .patch = "[{\"op\":\"remove\",\"path\":1}]",
    .error = "http-response: 'body-patch' element 0" },

  { "ws/missing", 'w', .error = "ws-message: 'content' is missing" },
  { "ws/binary-missing", 'w', .kind = GRIP_WEBSOCKET_MESSAGE_BINARY, .error = "ws-message: 'content' is missing" },
  { "ws/text-utf8", 'w', TEXT ("ab\xff"), .error = "ws-message: 'content' of a text message is not UTF-8 at byte 2" },
  { "ws/ping-long", 'w', TEXT (BYTES_124 "ab"), .kind = GRIP_WEBSOCKET_MESSAGE_PING,
    .error = "ws-message: 'content' of a ping has 126 bytes" },
  { "ws/pong-long", 'w', TEXT (BYTES_124 "ab"), .kind = GRIP_WEBSOCKET_MESSAGE_PONG,
    .error = "ws-message: 'content' of a pong has 126 bytes" },
  { "ws/close-content", 'w', TEXT ("x"), .action = GRIP_ACTION_CLOSE, .error = "ws-message: 'content' goes with" },
  { "ws/hint-content", 'w', TEXT ("x"), .action = GRIP_ACTION_HINT, .error = "ws-message: 'content' goes with" },
  { "ws/refresh-content", 'w', TEXT ("x"), .action = GRIP_ACTION_REFRESH, .error = "ws-message: 'content' goes with" },
  { "ws/code-999", 'w', .action = GRIP_ACTION_CLOSE, .code = "999", .error = "ws-message: 'code' 999" },
  { "ws/code-1005", 'w', .action = GRIP_ACTION_CLOSE, .code = "1005", .error = "ws-message: 'code' 1005" },
  { "ws/code-1015", 'w', .action = GRIP_ACTION_CLOSE, .code = "1015", .error = "ws-message: 'code' 1015" },
  { "ws/code-2999", 'w', .action = GRIP_ACTION_CLOSE, .code = "2999", .error = "ws-message: 'code' 2999" },
  { "ws/code-5000", 'w', .action = GRIP_ACTION_CLOSE, .code = "5000", .error = "ws-message: 'code' 5000" },
  { "ws/code-negative", 'w', .action = GRIP_ACTION_CLOSE, .code = "-1", .error = "ws-message: 'code' -1" },
  { "ws/reason-alone", 'w', .action = GRIP_ACTION_CLOSE, .reason = "bye", .error = "ws-message: 'reason' needs a 'code'" },
  { "ws/reason-long", 'w', .action = GRIP_ACTION_CLOSE, .code = "1000", .reason = BYTES_124,
    .error = "ws-message: 'reason' has 124 bytes" },
  { "ws/reason-utf8", 'w', .action = GRIP_ACTION_CLOSE, .code = "1000", .reason = "\xff",
    .error = "ws-message: 'reason' is not UTF-8" },
};
