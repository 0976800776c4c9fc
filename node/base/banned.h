/* Calls that have no place here; included by the compiler in every file.
 * Using one is an error at compile time. (As git does it.)
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets
#pragma GCC poison strtok atoi atol atoll gmtime localtime ctime asctime
#pragma GCC poison tmpnam mktemp system popen alloca rand srand

#endif
