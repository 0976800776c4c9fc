/* What the writer and the reader of a changeset's commit share: the exact
 * words. Only changeset_*.c include this.
 */
#ifndef SYNC_CHANGESET_RULE_H
#define SYNC_CHANGESET_RULE_H

#define FORMAT_NOW 1
#define GPGSIG "gpgsig "

#define TRAILER_FORMAT "Wellhead-Format: "
#define TRAILER_ORG "Wellhead-Org: "
#define TRAILER_CHAIN "Wellhead-Chain: "
#define TRAILER_SEQ "Wellhead-Seq: "
#define TRAILER_PREV "Wellhead-Prev: "
#define TRAILER_PAYLOAD "Wellhead-Payload: "
#define TRAILER_ROOT "Wellhead-Root: "
#define TRAILER_DICT "Wellhead-Dict: "
#define TRAILER_SEEN "Wellhead-Seen: "
#define TRAILER_KEY "Wellhead-Key: "

#endif
