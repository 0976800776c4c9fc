/* Calls that have no place here; the compiler includes this first in every
 * file, and using one is an error at compile time. (As git does it.)
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets
#pragma GCC poison strtok atoi atol atoll gmtime localtime ctime asctime
#pragma GCC poison tmpnam mktemp system popen rand srand

#endif
