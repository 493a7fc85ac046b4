/* The limit that scripts/bench compares with: a bare C responder on libfcgi that does one thing a request.
 *
 *   yardstick plain|redis|pg SOCKET PROCESSES THREADS
 *
 * plain  a fixed body of some 900 bytes
 * redis  one GET of YARDSTICK_KEY_PREFIX + the last segment of the path, from YARDSTICK_REDIS_HOST:YARDSTICK_REDIS_PORT
 * pg     YARDSTICK_QUERY, prepared, with the path's segments after /yardstick/pg/ as $1, $2 …, on YARDSTICK_CONNINFO; the answer is
 *        column 1
 *
 * It ends a request as libfcgi does by itself, which shuts the connection down and waits for the other side to close: the budget's limit
 * is a plain program. One that closed at once, as the service does, would be some 9 us of CPU a request quicker.
 *
 * Processes and threads as the service has them: each thread accepts for itself, without a lock, on connections of its own.
 */
#include <fcgiapp.h>
#include <hiredis/hiredis.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum mode { PLAIN, REDIS, PG };

static enum mode mode;
static int listener;
static char plain_body[900];

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    if (value == NULL) {
        fprintf(stderr, "yardstick: %s is not set\n", name);
        exit(2);
    }
    return value;
}

static redisContext *redis_connect(void)
{
    redisContext *redis = redisConnect(setting("YARDSTICK_REDIS_HOST"), atoi(setting("YARDSTICK_REDIS_PORT")));
    if (redis == NULL || redis->err) {
        fprintf(stderr, "yardstick: redis: %s\n", redis ? redis->errstr : "no memory");
        exit(1);
    }
    return redis;
}

static PGconn *pg_connect(void)
{
    PGconn *pg = PQconnectdb(setting("YARDSTICK_CONNINFO"));
    PGresult *prepared = PQprepare(pg, "q", setting("YARDSTICK_QUERY"), 0, NULL);
    if (PQresultStatus(prepared) != PGRES_COMMAND_OK) {
        fprintf(stderr, "yardstick: pg: %s", PQerrorMessage(pg));
        exit(1);
    }
    PQclear(prepared);
    return pg;
}

static void answer(FCGX_Request *request, const char *body, size_t length)
{
    char head[128];
    int head_length = snprintf(head, sizeof head,
                               "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n", length);
    FCGX_PutStr(head, head_length, request->out);
    FCGX_PutStr(body, (int)length, request->out);
}

static void fail(FCGX_Request *request)
{
    FCGX_PutS("Status: 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", request->out);
}

static void answer_redis(FCGX_Request *request, redisContext *redis, const char *id)
{
    static const char get[] = "GET";
    char key[256];
    int key_length = snprintf(key, sizeof key, "%s%s", getenv("YARDSTICK_KEY_PREFIX"), id);
    const char *words[] = {get, key};
    size_t lengths[] = {sizeof get - 1, (size_t)key_length};
    redisReply *reply = redisCommandArgv(redis, 2, words, lengths);
    if (reply != NULL && reply->type == REDIS_REPLY_STRING)
        answer(request, reply->str, reply->len);
    else
        fail(request);
    freeReplyObject(reply);
}

static void answer_pg(FCGX_Request *request, PGconn *pg, const char *uri)
{
    char path[256];
    const char *values[4];
    int count = 0;
    char *rest = NULL;
    snprintf(path, sizeof path, "%s", uri);
    strtok_r(path, "/", &rest); /* yardstick */
    strtok_r(NULL, "/", &rest); /* pg */
    while (count < 4 && (values[count] = strtok_r(NULL, "/", &rest)) != NULL)
        count++;
    PGresult *result = PQexecPrepared(pg, "q", count, values, NULL, NULL, 0);
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
        answer(request, PQgetvalue(result, 0, 0), (size_t)PQgetlength(result, 0, 0));
    else
        fail(request);
    PQclear(result);
}

static void *serve(void *unused)
{
    FCGX_Request *request = malloc(sizeof *request);
    redisContext *redis = mode == REDIS ? redis_connect() : NULL;
    PGconn *pg = mode == PG ? pg_connect() : NULL;
    (void)unused;
    if (request == NULL || FCGX_InitRequest(request, listener, 0) != 0)
        exit(1);
    while (FCGX_Accept_r(request) == 0) {
        const char *uri = FCGX_GetParam("REQUEST_URI", request->envp);
        const char *slash = uri ? strrchr(uri, '/') : NULL;
        const char *id = slash ? slash + 1 : "";
        switch (mode) {
        case PLAIN: answer(request, plain_body, sizeof plain_body); break;
        case REDIS: answer_redis(request, redis, id); break;
        case PG: answer_pg(request, pg, uri ? uri : ""); break;
        }
        FCGX_Finish_r(request);
    }
    return NULL;
}

static void run_process(int threads)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    FCGX_Init();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, SIG_DFL); /* libfcgi put its own there */
    for (int i = 1; i < threads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, NULL) != 0)
            exit(1);
    }
    serve(NULL);
    exit(1);
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"plain", "redis", "pg"};
    size_t m = 0;
    while (argc == 5 && m < 3 && strcmp(argv[1], names[m]) != 0)
        m++;
    if (argc != 5 || m == 3) {
        fprintf(stderr, "usage: yardstick plain|redis|pg SOCKET PROCESSES THREADS\n");
        return 2;
    }
    mode = (enum mode)m;
    if (mode == REDIS)
        setting("YARDSTICK_KEY_PREFIX");
    memset(plain_body, 'x', sizeof plain_body);
    plain_body[0] = plain_body[sizeof plain_body - 1] = '"';

    umask(0);
    FCGX_Init();
    listener = FCGX_OpenSocket(argv[2], 4096);
    if (listener < 0)
        return 1;
    signal(SIGTERM, SIG_DFL);
    for (int i = 0; i < atoi(argv[3]); i++)
        if (fork() == 0)
            run_process(atoi(argv[4]));
    wait(NULL); /* the first to die takes the others with it: a benchmark must not go on with fewer */
    fprintf(stderr, "yardstick: a process ended\n");
    return 1;
}
