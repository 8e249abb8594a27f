#define _GNU_SOURCE
/* The same calls as src/lab/load/fill.ts in C: connects, accepts and closes, the client first. Prints microseconds of CPU
   time for each connection. Arguments: port, connections. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static double cpu_microseconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  int connections = atoi(arguments[2]);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr *)&to, sizeof to) || listen(listener, 4096)) return 1;
  double start = cpu_microseconds();
  for (int left = connections; left > 0; left--) {
    char rest[64];
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(client, (struct sockaddr *)&to, sizeof to)) return 1;
    int server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    close(client);
    while (read(server, rest, sizeof rest) > 0) continue;
    close(server);
  }
  printf("%.3f\n", (cpu_microseconds() - start) / connections);
  return 0;
}
