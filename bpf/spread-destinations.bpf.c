// SPDX-License-Identifier: MIT OR GPL-2.0
// Connections to one destination go to several equal ones: each to the one whose lane has the fewest used slots.
// getpeername() still answers the destination that was asked for.
#include "lanes.h"

/* What a socket asked for, where it went elsewhere. Gone with the socket. A hash by socket cookies takes longer, measured. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct endpoint);
} asked_for SEC(".maps");

/* All are of the first group: there is one destination that others stand in for. */
static __always_inline int lane_index(const struct ends *ends)
{
	__u32 *number = bpf_map_lookup_elem(&choice_numbers, &ends->destination);
	return number ? (int)*number : -1;
}

static __always_inline int spread(struct bpf_sock_addr *context, const struct endpoint *to, struct bpf_sock *sk,
				  struct endpoint *into)
{
	struct counts *count = the_counts();
	__u32 group;
	int number = choose(context, to, &group);
	if (number < 0 || !count) return 0;
	/* Its port is chosen already. */
	if (sk->src_port != 0) {
		add(&count->bound_before, 1);
		return 0;
	}
	__u32 key = number;
	struct choice *choice = bpf_map_lookup_elem(&choices, &key);
	if (!choice) return 0;
	*into = choice->endpoint;
	int is_same = into->port == to->port;
	for (int i = 0; i < 4; i++) is_same &= into->address.word[i] == to->address.word[i];
	struct endpoint asked = *to;
	struct endpoint *kept = bpf_sk_storage_get(&asked_for, sk, &asked, is_same ? 0 : BPF_SK_STORAGE_GET_F_CREATE);
	/* A socket may connect once more. */
	if (kept) *kept = asked;
	/* Without it getpeername() could not answer: better not to send it elsewhere. */
	else if (!is_same) {
		add(&count->uncounted, 1);
		return 0;
	}
	add(&count->spread, 1);
	return 1;
}

SEC("cgroup/connect4")
int ft_dst_connect4(struct bpf_sock_addr *context)
{
	struct bpf_sock *sk = (struct bpf_sock *)context->sk;
	if (context->protocol != IPPROTO_TCP || !sk) return 1;
	struct endpoint to;
	struct endpoint instead;
	read_ipv4(context, &to);
	if (!spread(context, &to, sk, &instead)) return 1;
	context->user_ip4 = instead.address.word[3];
	context->user_port = instead.port;
	return 1;
}

SEC("cgroup/connect6")
int ft_dst_connect6(struct bpf_sock_addr *context)
{
	struct bpf_sock *sk = (struct bpf_sock *)context->sk;
	if (context->protocol != IPPROTO_TCP || !sk) return 1;
	struct endpoint to;
	struct endpoint instead;
	read_ipv6(context, &to);
	if (!spread(context, &to, sk, &instead)) return 1;
	context->user_ip6[0] = instead.address.word[0];
	context->user_ip6[1] = instead.address.word[1];
	context->user_ip6[2] = instead.address.word[2];
	context->user_ip6[3] = instead.address.word[3];
	context->user_port = instead.port;
	return 1;
}

SEC("cgroup/getpeername4")
int ft_dst_peer4(struct bpf_sock_addr *context)
{
	struct bpf_sock *sk = (struct bpf_sock *)context->sk;
	if (context->protocol != IPPROTO_TCP || !sk) return 1;
	struct endpoint *asked = bpf_sk_storage_get(&asked_for, sk, NULL, 0);
	if (!asked) return 1;
	context->user_ip4 = asked->address.word[3];
	context->user_port = asked->port;
	return 1;
}

SEC("cgroup/getpeername6")
int ft_dst_peer6(struct bpf_sock_addr *context)
{
	struct bpf_sock *sk = (struct bpf_sock *)context->sk;
	if (context->protocol != IPPROTO_TCP || !sk) return 1;
	struct endpoint *asked = bpf_sk_storage_get(&asked_for, sk, NULL, 0);
	if (!asked) return 1;
	context->user_ip6[0] = asked->address.word[0];
	context->user_ip6[1] = asked->address.word[1];
	context->user_ip6[2] = asked->address.word[2];
	context->user_ip6[3] = asked->address.word[3];
	context->user_port = asked->port;
	return 1;
}
