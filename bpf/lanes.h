/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The lanes that connections are spread over, and how many slots of each are held. A group is what shares the choice: one
 * destination that is reached from several sources, or one destination that several stand in for. Its lanes stand side by
 * side in one array, as many as there are choices.
 *
 * What is held is counted as it changes (the tracepoint inet_sock_set_state), whoever's the socket is. A slot in TIME_WAIT
 * comes free without an event: it is taken off the count when the time has passed that the kernel holds it at the most.
 * What was there before, and what the count gets wrong, is told by the census (corrections), and runs out like it.
 *
 * src/linux/spread-maps.ts has the same layouts; a test holds them against the BTF of the objects.
 */
#pragma once
#include "kernel.h"

#define MOST_CHOICES 256
#define MOST_RULES 32
/* Of 2^30 ns: 1.07 s. 64 are more than the longest TIME_WAIT (65.1 s at HZ = 100). */
#define TICK_SHIFT 30
#define TICKS 64
#define ABOVE_ANY_COUNT (1 << 30)

/* IPv4 as ::ffff:a.b.c.d, in network byte order. */
struct address {
	__u32 word[4];
};

struct endpoint {
	struct address address;
	__u16 port;
	__u16 zero;
};

/* Of a socket. The source's port is 0: it makes no lane. */
struct ends {
	struct endpoint source;
	struct endpoint destination;
};

struct settings {
	/* Of the network namespace whose sockets are meant. */
	__u64 netns_cookie;
	/* Connections are spread; until then they are counted only. */
	__u32 enabled;
	__u32 choices;
	__u32 rules;
	/* How long TIME_WAIT holds a slot at the most; below TICKS. */
	__u32 held_ticks;
	/* How many groups there are: what `lanes` has room for. */
	__u32 most_groups;
	__u32 groups;
	/* The port of all rules, and the one of all lanes: most sockets are told apart by them. 0 where there are several. */
	__u16 asked_port;
	__u16 lane_port;
	__u32 zero;
};

/* A source or a destination. */
struct choice {
	struct endpoint endpoint;
	/* Bits that are chosen at random: a prefix stands for all of its addresses. */
	struct address random_bits;
};

struct rule {
	struct address address;
	struct address mask;
	/* 0 for any. */
	__u16 port;
	__u16 zero;
};

struct lane {
	__u64 attempts;
	__u64 refusals;
	/* When `entered` was last looked through. */
	__u32 tick;
	/* Not to be chosen while another has room, up to and with this tick: connect() found no slot. */
	__u32 full_until;
	__s32 live;
	__s32 time_wait;
	/* What the census adds at this tick. */
	__s32 known;
	__u32 zero;
	/* Into TIME_WAIT, by the tick. */
	__u32 entered[TICKS];
};

struct correction {
	/* The tick of the first of `left`. */
	__u32 at;
	__u32 zero;
	/* To be added to the count so many ticks later, the last one from then on. */
	__s32 left[TICKS];
};

struct counts {
	__u64 spread;
	/* Bound by the program before it connected: left alone. */
	__u64 bound_before;
	/* The kernel did not take the source address. */
	__u64 bind_failed;
	/* More groups than there is room for: spread at random, and not counted. */
	__u64 uncounted;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct settings);
} settings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counts);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MOST_CHOICES);
	__type(key, __u32);
	__type(value, struct choice);
} choices SEC(".maps");

/* The number of a choice by its endpoint; a source has port 0. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_CHOICES);
	__type(key, struct endpoint);
	__type(value, __u32);
} choice_numbers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MOST_RULES);
	__type(key, __u32);
	__type(value, struct rule);
} rules SEC(".maps");

/* The number of a group by the destination that was asked for. Its size is set when the object is loaded. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct endpoint);
	__type(value, __u32);
} group_numbers SEC(".maps");

/* By group and choice. The sizes of both are set when the object is loaded. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lane);
} lanes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct correction);
} corrections SEC(".maps");

static __always_inline struct settings *the_settings(void)
{
	__u32 first = 0;
	return bpf_map_lookup_elem(&settings, &first);
}

static __always_inline struct counts *the_counts(void)
{
	__u32 first = 0;
	return bpf_map_lookup_elem(&counts, &first);
}

static __always_inline __u32 tick_now(void)
{
	return bpf_ktime_get_ns() >> TICK_SHIFT;
}

/* Takes off what has left TIME_WAIT since the last time. One processor does it, once a tick. */
__noinline int catch_up(__u32 index, __u32 now)
{
	struct lane *lane = bpf_map_lookup_elem(&lanes, &index);
	struct correction *correction = bpf_map_lookup_elem(&corrections, &index);
	struct settings *set = the_settings();
	if (!lane || !correction || !set) return 0;
	__u32 before = lane->tick;
	/* Another processor may have begun the next one already. */
	__s32 steps = now - before;
	if (steps <= 0 || __sync_val_compare_and_swap(&lane->tick, before, now) != before) return 0;
	for (__s32 step = 0; step < TICKS; step++) {
		if (step >= steps) break;
		__u32 slot = (now - step - set->held_ticks) % TICKS;
		__u32 left = __sync_lock_test_and_set(&lane->entered[slot], 0);
		if (left) add(&lane->time_wait, -left);
	}
	__s32 since = now - correction->at;
	/* Who wrote it may have a tick already that is not begun here. */
	if (since < 0) since = 0;
	lane->known = correction->left[since < TICKS ? since : TICKS - 1];
	return 0;
}

/*
 * The number of the choice with the fewest used slots.
 *
 * Count and number are compared as one: what is best so far is no constant to the verifier then, which would follow each.
 */
__noinline __u32 fewest_used(__u32 group, __u32 now)
{
	struct settings *set = the_settings();
	if (!set) return 0;
	__u64 least = ~0ULL;
	__u32 index = group * set->choices;
	for (__u32 number = 0; number < MOST_CHOICES; number++, index++) {
		if (number >= set->choices) break;
		struct lane *lane = bpf_map_lookup_elem(&lanes, &index);
		if (!lane) break;
		if (lane->tick != now) catch_up(index, now);
		__s32 used = lane->live + lane->time_wait + lane->known;
		if (lane->full_until >= now) used += ABOVE_ANY_COUNT;
		/* In the order of signed numbers. */
		__u64 candidate = ((__u64)((__u32)used ^ 0x80000000) << 8) | number;
		if (candidate < least) least = candidate;
	}
	return least & 0xff;
}

static __always_inline void set_full(__u32 group, __u32 choice, const struct settings *set)
{
	__u32 index = group * set->choices + choice;
	struct lane *lane = bpf_map_lookup_elem(&lanes, &index);
	if (lane) lane->full_until = tick_now() + 1;
}

static __always_inline int is_asked_for(const struct endpoint *to, const struct settings *set)
{
	for (__u32 number = 0; number < MOST_RULES; number++) {
		if (number >= set->rules) return 0;
		__u32 key = number;
		struct rule *rule = bpf_map_lookup_elem(&rules, &key);
		if (!rule) return 0;
		if (rule->port && rule->port != to->port) continue;
		if ((to->address.word[0] & rule->mask.word[0]) == rule->address.word[0] &&
		    (to->address.word[1] & rule->mask.word[1]) == rule->address.word[1] &&
		    (to->address.word[2] & rule->mask.word[2]) == rule->address.word[2] &&
		    (to->address.word[3] & rule->mask.word[3]) == rule->address.word[3])
			return 1;
	}
	return 0;
}

#define NO_GROUP 0xffffffff
#define NOT_ASKED_FOR 0xfffffffe

/* The group of a destination, made where it is new. */
static __always_inline __u32 group_of(const struct endpoint *to, struct settings *set)
{
	__u32 *found = bpf_map_lookup_elem(&group_numbers, to);
	if (found) return *found;
	if (!is_asked_for(to, set)) return NOT_ASKED_FOR;
	if (set->groups >= set->most_groups) return NO_GROUP;
	__u32 group = __sync_fetch_and_add(&set->groups, 1);
	if (group >= set->most_groups) {
		add(&set->groups, -1);
		return NO_GROUP;
	}
	if (bpf_map_update_elem(&group_numbers, to, &group, BPF_NOEXIST) == 0) return group;
	/* Another processor was first; its number is lost, which costs room and nothing else. */
	found = bpf_map_lookup_elem(&group_numbers, to);
	return found ? *found : NO_GROUP;
}

/*
 * The choice for a connection, and its group.
 *
 * Returns -1 where it is none that is meant.
 */
static __always_inline int choose(struct bpf_sock_addr *context, const struct endpoint *to, __u32 *group)
{
	struct settings *set = the_settings();
	if (!set || !set->enabled || set->choices == 0) return -1;
	if (set->asked_port && set->asked_port != to->port) return -1;
	if (bpf_get_netns_cookie(context) != set->netns_cookie) return -1;
	*group = group_of(to, set);
	if (*group == NOT_ASKED_FOR) return -1;
	if (*group == NO_GROUP) {
		struct counts *count = the_counts();
		if (count) add(&count->uncounted, 1);
		return bpf_get_prandom_u32() % set->choices;
	}
	return fewest_used(*group, tick_now());
}

static __always_inline void read_ipv4(struct bpf_sock_addr *context, struct endpoint *into)
{
	into->address.word[0] = 0;
	into->address.word[1] = 0;
	into->address.word[2] = __builtin_bswap32(0xffff);
	into->address.word[3] = context->user_ip4;
	into->port = context->user_port;
	into->zero = 0;
}

static __always_inline void read_ipv6(struct bpf_sock_addr *context, struct endpoint *into)
{
	into->address.word[0] = context->user_ip6[0];
	into->address.word[1] = context->user_ip6[1];
	into->address.word[2] = context->user_ip6[2];
	into->address.word[3] = context->user_ip6[3];
	into->port = context->user_port;
	into->zero = 0;
}

/* The lane of a socket. -1 where it is none of ours. */
static __always_inline int lane_index(const struct ends *ends);

static __always_inline struct lane *lane_of(struct sock *sk, __u32 *index)
{
	if (sk->sk_protocol != IPPROTO_TCP) return NULL;
	struct settings *set = the_settings();
	if (!set) return NULL;
	struct ends ends = {};
	struct sock_common *common = &sk->__sk_common;
	ends.destination.port = common->skc_dport;
	if (set->lane_port && set->lane_port != ends.destination.port) return NULL;
	if (common->skc_net.net->net_cookie != set->netns_cookie) return NULL;
	if (common->skc_family == AF_INET) {
		ends.source.address.word[2] = ends.destination.address.word[2] = __builtin_bswap32(0xffff);
		ends.source.address.word[3] = common->skc_rcv_saddr;
		ends.destination.address.word[3] = common->skc_daddr;
	} else if (common->skc_family == AF_INET6) {
		for (int i = 0; i < 4; i++) {
			ends.source.address.word[i] = common->skc_v6_rcv_saddr.in6_u.u6_addr32[i];
			ends.destination.address.word[i] = common->skc_v6_daddr.in6_u.u6_addr32[i];
		}
	} else
		return NULL;
	int found = lane_index(&ends);
	if (found < 0) return NULL;
	*index = found;
	return bpf_map_lookup_elem(&lanes, index);
}

/* connect() found no slot (EADDRNOTAVAIL), unless the program had chosen its port itself. */
static __always_inline void count_refusal(struct sock *sk, struct lane *lane)
{
	__u16 source_port = 1;
	bpf_probe_read_kernel(&source_port, sizeof source_port, &((struct inet_sock *)sk)->inet_sport);
	if (source_port != 0) return;
	add(&lane->refusals, 1);
	lane->full_until = tick_now() + 1;
}

/* tcp_time_wait() takes the slot over; a reset and SOCK_DESTROY leave an error and no TIME_WAIT. */
static __always_inline void count_end(struct sock *sk, int state, struct lane *lane, __u32 index)
{
	add(&lane->live, -1);
	if ((state != TCP_FIN_WAIT2 && state != TCP_CLOSING) || sk->sk_err != 0) return;
	__u32 now = tick_now();
	if (lane->tick != now) catch_up(index, now);
	add(&lane->time_wait, 1);
	add(&lane->entered[now % TICKS], 1);
}

/* Ten times for each connection of the machine, at both ends: first of all, what is none of ours. */
SEC("tp_btf/inet_sock_set_state")
int ft_count(__u64 *context)
{
	struct sock *sk = (struct sock *)context[0];
	int from = (int)context[1];
	int to = (int)context[2];
	if (to != TCP_CLOSE && to != TCP_SYN_SENT) return 0;
	__u32 index;
	struct lane *lane = lane_of(sk, &index);
	if (!lane) return 0;
	if (to == TCP_SYN_SENT) {
		add(&lane->attempts, 1);
		add(&lane->live, 1);
		return 0;
	}
	/* __inet_hash_connect() comes after SYN_SENT in tcp_v4_connect(). */
	if (from == TCP_SYN_SENT) count_refusal(sk, lane);
	count_end(sk, from, lane, index);
	return 0;
}

char licence[] SEC("license") = "Dual MIT/GPL";
