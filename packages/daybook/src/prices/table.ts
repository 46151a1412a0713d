/** Made by `npm run prices`, not by hand. US dollars per million tokens; the format is explained in lookup.ts. */
export const tableDate: string = '2026-08-01'
export const tableSource: string = 'LiteLLM, model_prices_and_context_window.json (MIT)'
export const table: string = `
@anthropic
claude-3-7-sonnet-20250219 ctx200000 max64000 in3 out15 cr0.3 cw3.75 ch6
claude-3-haiku-20240307 ctx200000 max4096 in0.25 out1.25 cr0.03 cw0.3
claude-3-opus-20240229 ctx200000 max4096 in15 out75 cr1.5 cw18.75
claude-4-opus-20250514 ctx200000 max32000 in15 out75 cr1.5 cw18.75
claude-4-sonnet-20250514 ctx1000000 max64000 in3 out15 cr0.3 cw3.75 >200000 in6 out22.5 cr0.6 cw7.5
claude-fable-5 ctx1000000 max128000 in10 out50 cr1 cw12.5 ch20
claude-haiku-4-5 ctx200000 max64000 in1 out5 cr0.1 cw1.25 ch2
claude-haiku-4-5-20251001 ctx200000 max64000 in1 out5 cr0.1 cw1.25 ch2
claude-opus-4-1 ctx200000 max32000 in15 out75 cr1.5 cw18.75 ch30
claude-opus-4-1-20250805 ctx200000 max32000 in15 out75 cr1.5 cw18.75 ch30
claude-opus-4-20250514 ctx200000 max32000 in15 out75 cr1.5 cw18.75 ch30
claude-opus-4-5 ctx200000 max64000 in5 out25 cr0.5 cw6.25 ch10
claude-opus-4-5-20251101 ctx200000 max64000 in5 out25 cr0.5 cw6.25 ch10
claude-opus-4-6 ctx1000000 max128000 in5 out25 cr0.5 cw6.25 ch10
claude-opus-4-6-20260205 ctx1000000 max128000 in5 out25 cr0.5 cw6.25 ch10
claude-opus-4-7 ctx1000000 max128000 in5 out25 cr0.5 cw6.25 ch10
claude-opus-4-7-20260416 ctx1000000 max128000 in5 out25 cr0.5 cw6.25 ch10
claude-opus-4-8 ctx1000000 max128000 in5 out25 cr0.5 cw6.25 ch10
claude-opus-5 ctx1000000 max128000 in5 out25 cr0.5 cw6.25 ch10
claude-sonnet-4-20250514 ctx1000000 max64000 in3 out15 cr0.3 cw3.75 ch6 >200000 in6 out22.5 cr0.6 cw7.5
claude-sonnet-4-5 ctx200000 max64000 in3 out15 cr0.3 cw3.75 ch6 >200000 in6 out22.5 cr0.6 cw7.5 ch12
claude-sonnet-4-5-20250929 ctx200000 max64000 in3 out15 cr0.3 cw3.75 ch6 >200000 in6 out22.5 cr0.6 cw7.5 ch12
claude-sonnet-4-6 ctx1000000 max64000 in3 out15 cr0.3 cw3.75 ch6
claude-sonnet-5 ctx1000000 max128000 in2 out10 cr0.2 cw2.5 ch4
@azure
codex-mini ctx200000 max100000 in1.5 out6 cr0.375
command-r-plus ctx128000 max4096 in3 out15
computer-use-preview ctx8192 max1024 in3 out12
eu/gpt-4o-2024-08-06 ctx128000 max16384 in2.75 out11 cr1.375
eu/gpt-4o-2024-11-20 ctx128000 max16384 in2.75 out11 cw1.38
eu/gpt-4o-mini-2024-07-18 ctx128000 max16384 in0.165 out0.66 cr0.083
eu/gpt-5-2025-08-07 ctx272000 max128000 in1.375 out11 cr0.1375
eu/gpt-5-mini-2025-08-07 ctx272000 max128000 in0.275 out2.2 cr0.0275
eu/gpt-5-nano-2025-08-07 ctx272000 max128000 in0.055 out0.44 cr0.0055
eu/gpt-5.1 ctx272000 max128000 in1.38 out11 cr0.14
eu/gpt-5.1-chat ctx128000 max128000 in1.38 out11 cr0.14
eu/gpt-5.1-codex ctx272000 max128000 in1.38 out11 cr0.14
eu/gpt-5.1-codex-mini ctx272000 max128000 in0.275 out2.2 cr0.028
eu/gpt-5.4 ctx1050000 max128000 in2.75 out16.5 cr0.28
eu/gpt-5.4-2026-03-05 ctx1050000 max128000 in2.75 out16.5 cr0.28
eu/gpt-5.5 ctx1050000 max128000 in5.5 out33 cr0.55 >272000 in11 out49.5 cr1.1
eu/gpt-5.5-2026-04-23 ctx1050000 max128000 in5.5 out33 cr0.55 >272000 in11 out49.5 cr1.1
eu/gpt-5.6 ctx1050000 max128000 in5.5 out33 cr0.55 >272000 in11 out49.5 cr1.1
eu/gpt-5.6-luna ctx1050000 max128000 in1.1 out6.6 cr0.11 >272000 in2.2 out9.9 cr0.22
eu/gpt-5.6-sol ctx1050000 max128000 in5.5 out33 cr0.55 >272000 in11 out49.5 cr1.1
eu/gpt-5.6-terra ctx1050000 max128000 in2.75 out16.5 cr0.275 >272000 in5.5 out24.75 cr0.55
eu/o1-2024-12-17 ctx200000 max100000 in16.5 out66 cr8.25
eu/o1-mini-2024-09-12 ctx128000 max65536 in1.21 out4.84 cr0.605
eu/o1-preview-2024-09-12 ctx128000 max32768 in16.5 out66 cr8.25
eu/o3-mini-2025-01-31 ctx200000 max100000 in1.21 out4.84 cr0.605
global-standard/gpt-4o-2024-08-06 ctx128000 max16384 in2.5 out10 cr1.25
global-standard/gpt-4o-2024-11-20 ctx128000 max16384 in2.5 out10 cr1.25
global-standard/gpt-4o-mini ctx128000 max16384 in0.15 out0.6
global/gpt-4o-2024-08-06 ctx128000 max16384 in2.5 out10 cr1.25
global/gpt-4o-2024-11-20 ctx128000 max16384 in2.5 out10 cr1.25
global/gpt-5.1 ctx272000 max128000 in1.25 out10 cr0.125
global/gpt-5.1-chat ctx128000 max128000 in1.25 out10 cr0.125
global/gpt-5.1-codex ctx272000 max128000 in1.25 out10 cr0.125
global/gpt-5.1-codex-mini ctx272000 max128000 in0.25 out2 cr0.025
gpt-3.5-turbo ctx4097 max4096 in0.5 out1.5
gpt-3.5-turbo-0125 ctx16384 max4096 in0.5 out1.5
gpt-35-turbo ctx4097 max4096 in0.5 out1.5
gpt-35-turbo-0125 ctx16384 max4096 in0.5 out1.5
gpt-35-turbo-1106 ctx16384 max4096 in1 out2
gpt-35-turbo-16k ctx16385 max4096 in3 out4
gpt-35-turbo-16k-0613 ctx16385 max4096 in3 out4
gpt-4 ctx8192 max4096 in30 out60
gpt-4-0125-preview ctx128000 max4096 in10 out30
gpt-4-0613 ctx8192 max4096 in30 out60
gpt-4-1106-preview ctx128000 max4096 in10 out30
gpt-4-32k ctx32768 max4096 in60 out120
gpt-4-32k-0613 ctx32768 max4096 in60 out120
gpt-4-turbo ctx128000 max4096 in10 out30
gpt-4-turbo-2024-04-09 ctx128000 max4096 in10 out30
gpt-4-turbo-vision-preview ctx128000 max4096 in10 out30
gpt-4.1 ctx1047576 max32768 in2 out8 cr0.5
gpt-4.1-2025-04-14 ctx1047576 max32768 in2 out8 cr0.5
gpt-4.1-mini ctx1047576 max32768 in0.4 out1.6 cr0.1
gpt-4.1-mini-2025-04-14 ctx1047576 max32768 in0.4 out1.6 cr0.1
gpt-4.1-nano ctx1047576 max32768 in0.1 out0.4 cr0.025
gpt-4.1-nano-2025-04-14 ctx1047576 max32768 in0.1 out0.4 cr0.025
gpt-4.5-preview ctx128000 max16384 in75 out150 cr37.5
gpt-4o ctx128000 max16384 in2.5 out10 cr1.25
gpt-4o-2024-05-13 ctx128000 max4096 in5 out15
gpt-4o-2024-08-06 ctx128000 max16384 in2.5 out10 cr1.25
gpt-4o-2024-11-20 ctx128000 max16384 in2.75 out11 cr1.25
gpt-4o-audio-preview-2024-12-17 ctx128000 max16384 in2.5 out10 ai40 ao80
gpt-4o-mini ctx128000 max16384 in0.165 out0.66 cr0.075
gpt-4o-mini-2024-07-18 ctx128000 max16384 in0.165 out0.66 cr0.075
gpt-4o-mini-audio-preview-2024-12-17 ctx128000 max16384 in2.5 out10 ai40 ao80
gpt-5 ctx272000 max128000 in1.25 out10 cr0.125
gpt-5-2025-08-07 ctx272000 max128000 in1.25 out10 cr0.125
gpt-5-chat ctx128000 max16384 in1.25 out10 cr0.125
gpt-5-chat-latest ctx128000 max16384 in1.25 out10 cr0.125
gpt-5-codex ctx272000 max128000 in1.25 out10 cr0.125
gpt-5-mini ctx272000 max128000 in0.25 out2 cr0.025
gpt-5-mini-2025-08-07 ctx272000 max128000 in0.25 out2 cr0.025
gpt-5-nano ctx272000 max128000 in0.05 out0.4 cr0.005
gpt-5-nano-2025-08-07 ctx272000 max128000 in0.05 out0.4 cr0.005
gpt-5-pro ctx272000 max128000 in15 out120
gpt-5.1 ctx272000 max128000 in1.25 out10 cr0.125
gpt-5.1-2025-11-13 ctx272000 max128000 in1.25 out10 cr0.125
gpt-5.1-chat ctx128000 max128000 in1.25 out10 cr0.125
gpt-5.1-chat-2025-11-13 ctx128000 max16384 in1.25 out10 cr0.125
gpt-5.1-codex ctx272000 max128000 in1.25 out10 cr0.125
gpt-5.1-codex-2025-11-13 ctx272000 max128000 in1.25 out10 cr0.125
gpt-5.1-codex-max ctx272000 max128000 in1.25 out10 cr0.125
gpt-5.1-codex-mini ctx272000 max128000 in0.25 out2 cr0.025
gpt-5.1-codex-mini-2025-11-13 ctx272000 max128000 in0.25 out2 cr0.025
gpt-5.2 ctx272000 max128000 in1.75 out14 cr0.175
gpt-5.2-2025-12-11 ctx272000 max128000 in1.75 out14 cr0.175
gpt-5.2-chat ctx128000 max16384 in1.75 out14 cr0.175
gpt-5.2-chat-2025-12-11 ctx128000 max16384 in1.75 out14 cr0.175
gpt-5.2-codex ctx272000 max128000 in1.75 out14 cr0.175
gpt-5.2-pro ctx272000 max128000 in21 out168
gpt-5.2-pro-2025-12-11 ctx272000 max128000 in21 out168
gpt-5.3-chat ctx128000 max16384 in1.75 out14 cr0.175
gpt-5.3-codex ctx272000 max128000 in1.75 out14 cr0.175
gpt-5.4 ctx1050000 max128000 in2.5 out15 cr0.25 >272000 in5 out22.5 cr0.5
gpt-5.4-2026-03-05 ctx1050000 max128000 in2.5 out15 cr0.25 >272000 in5 out22.5 cr0.5
gpt-5.4-mini ctx272000 max128000 in0.75 out4.5 cr0.075
gpt-5.4-mini-2026-03-17 ctx272000 max128000 in0.75 out4.5 cr0.075
gpt-5.4-nano ctx272000 max128000 in0.2 out1.25 cr0.02
gpt-5.4-nano-2026-03-17 ctx272000 max128000 in0.2 out1.25 cr0.02
gpt-5.4-pro ctx1050000 max128000 in30 out180 cr3 >272000 in60 out270 cr6
gpt-5.4-pro-2026-03-05 ctx1050000 max128000 in30 out180 cr3 >272000 in60 out270 cr6
gpt-5.5 ctx1050000 max128000 in5 out30 cr0.5 >272000 in10 out45 cr1
gpt-5.5-2026-04-23 ctx1050000 max128000 in5 out30 cr0.5 >272000 in10 out45 cr1
gpt-5.5-pro ctx1050000 max128000 in30 out180 cr3 >272000 in60 out270 cr6
gpt-5.5-pro-2026-04-23 ctx1050000 max128000 in30 out180 cr3 >272000 in60 out270 cr6
gpt-5.6 ctx1050000 max128000 in5 out30 cr0.5 >272000 in10 out45 cr1
gpt-5.6-luna ctx1050000 max128000 in1 out6 cr0.1 >272000 in2 out9 cr0.2
gpt-5.6-sol ctx1050000 max128000 in5 out30 cr0.5 >272000 in10 out45 cr1
gpt-5.6-terra ctx1050000 max128000 in2.5 out15 cr0.25 >272000 in5 out22.5 cr0.5
gpt-audio-1.5-2026-02-23 ctx128000 max16384 in2.5 out10 ai40 ao80
gpt-audio-2025-08-28 ctx128000 max16384 in2.5 out10 ai40 ao80
gpt-audio-mini-2025-10-06 ctx128000 max16384 in0.6 out2.4 ai10 ao20
mistral-large-2402 ctx32000 in8 out24
mistral-large-latest ctx32000 in8 out24
o1 ctx200000 max100000 in15 out60 cr7.5
o1-2024-12-17 ctx200000 max100000 in15 out60 cr7.5
o1-mini ctx128000 max65536 in1.21 out4.84 cr0.605
o1-mini-2024-09-12 ctx128000 max65536 in1.1 out4.4 cr0.55
o1-preview ctx128000 max32768 in15 out60 cr7.5
o1-preview-2024-09-12 ctx128000 max32768 in15 out60 cr7.5
o3 ctx200000 max100000 in2 out8 cr0.5
o3-2025-04-16 ctx200000 max100000 in2 out8 cr0.5
o3-deep-research ctx200000 max100000 in10 out40 cr2.5
o3-mini ctx200000 max100000 in1.1 out4.4 cr0.55
o3-mini-2025-01-31 ctx200000 max100000 in1.1 out4.4 cr0.55
o3-pro ctx200000 max100000 in20 out80
o3-pro-2025-06-10 ctx200000 max100000 in20 out80
o4-mini ctx200000 max100000 in1.1 out4.4 cr0.275
o4-mini-2025-04-16 ctx200000 max100000 in1.1 out4.4 cr0.275
us/gpt-4.1-2025-04-14 ctx1047576 max32768 in2.2 out8.8 cr0.55
us/gpt-4.1-mini-2025-04-14 ctx1047576 max32768 in0.44 out1.76 cr0.11
us/gpt-4.1-nano-2025-04-14 ctx1047576 max32768 in0.11 out0.44 cr0.025
us/gpt-4o-2024-08-06 ctx128000 max16384 in2.75 out11 cr1.375
us/gpt-4o-2024-11-20 ctx128000 max16384 in2.75 out11 cw1.38
us/gpt-4o-mini-2024-07-18 ctx128000 max16384 in0.165 out0.66 cr0.083
us/gpt-5-2025-08-07 ctx272000 max128000 in1.375 out11 cr0.1375
us/gpt-5-mini-2025-08-07 ctx272000 max128000 in0.275 out2.2 cr0.0275
us/gpt-5-nano-2025-08-07 ctx272000 max128000 in0.055 out0.44 cr0.0055
us/gpt-5.1 ctx272000 max128000 in1.38 out11 cr0.14
us/gpt-5.1-chat ctx128000 max128000 in1.38 out11 cr0.14
us/gpt-5.1-codex ctx272000 max128000 in1.38 out11 cr0.14
us/gpt-5.1-codex-mini ctx272000 max128000 in0.275 out2.2 cr0.028
us/gpt-5.4 ctx1050000 max128000 in2.75 out16.5 cr0.28
us/gpt-5.4-2026-03-05 ctx1050000 max128000 in2.75 out16.5 cr0.28
us/gpt-5.5 ctx1050000 max128000 in5.5 out33 cr0.55 >272000 in11 out49.5 cr1.1
us/gpt-5.5-2026-04-23 ctx1050000 max128000 in5.5 out33 cr0.55 >272000 in11 out49.5 cr1.1
us/gpt-5.6 ctx1050000 max128000 in5.5 out33 cr0.55 >272000 in11 out49.5 cr1.1
us/gpt-5.6-luna ctx1050000 max128000 in1.1 out6.6 cr0.11 >272000 in2.2 out9.9 cr0.22
us/gpt-5.6-sol ctx1050000 max128000 in5.5 out33 cr0.55 >272000 in11 out49.5 cr1.1
us/gpt-5.6-terra ctx1050000 max128000 in2.75 out16.5 cr0.275 >272000 in5.5 out24.75 cr0.55
us/o1-2024-12-17 ctx200000 max100000 in16.5 out66 cr8.25
us/o1-mini-2024-09-12 ctx128000 max65536 in1.21 out4.84 cr0.605
us/o1-preview-2024-09-12 ctx128000 max32768 in16.5 out66 cr8.25
us/o3-2025-04-16 ctx200000 max100000 in2.2 out8.8 cr0.55
us/o3-mini-2025-01-31 ctx200000 max100000 in1.21 out4.84 cr0.605
us/o4-mini-2025-04-16 ctx200000 max100000 in1.21 out4.84 cr0.31
@cerebras
gpt-oss-120b ctx131072 max32768 in0.35 out0.75
llama-3.3-70b ctx128000 max128000 in0.85 out1.2
llama3.1-70b ctx128000 max128000 in0.6 out0.6
llama3.1-8b ctx128000 max128000 in0.1 out0.1
qwen-3-32b ctx128000 max128000 in0.4 out0.8
zai-glm-4.6 ctx128000 max128000 in2.25 out2.75
zai-glm-4.7 ctx128000 max128000 in2.25 out2.75
@cohere_chat
command-a-03-2025 ctx256000 max8000 in2.5 out10
command-light ctx4096 max4096 in0.3 out0.6
command-r ctx128000 max4096 in0.15 out0.6
command-r-08-2024 ctx128000 max4096 in0.15 out0.6
command-r-plus ctx128000 max4096 in2.5 out10
command-r-plus-08-2024 ctx128000 max4096 in2.5 out10
command-r7b-12-2024 ctx128000 max4096 in0.0375 out0.15
@dashscope
qwen-coder ctx1000000 max16384 in0.3 out1.5
qwen-flash ctx997952 max32768
qwen-flash-2025-07-28 ctx997952 max32768
qwen-max ctx30720 max8192 in1.6 out6.4
qwen-plus ctx129024 max16384 in0.4 out1.2
qwen-plus-2025-01-25 ctx129024 max8192 in0.4 out1.2
qwen-plus-2025-04-28 ctx129024 max16384 in0.4 out1.2 rs4
qwen-plus-2025-07-14 ctx129024 max16384 in0.4 out1.2 rs4
qwen-plus-2025-07-28 ctx997952 max32768
qwen-plus-2025-09-11 ctx997952 max32768
qwen-plus-latest ctx997952 max32768
qwen-turbo ctx129024 max16384 in0.05 out0.2 rs0.5
qwen-turbo-2024-11-01 ctx1000000 max8192 in0.05 out0.2
qwen-turbo-2025-04-28 ctx1000000 max16384 in0.05 out0.2 rs0.5
qwen-turbo-latest ctx1000000 max16384 in0.05 out0.2 rs0.5
qwen3-30b-a3b ctx129024 max16384
qwen3-coder-flash ctx997952 max65536
qwen3-coder-flash-2025-07-28 ctx997952 max65536
qwen3-coder-plus ctx997952 max65536
qwen3-coder-plus-2025-07-22 ctx997952 max65536
qwen3-max ctx258048 max65536
qwen3-max-2026-01-23 ctx258048 max65536
qwen3-max-preview ctx258048 max65536
qwen3-next-80b-a3b-instruct ctx262144 max65536 in0.15 out1.2
qwen3-next-80b-a3b-thinking ctx262144 max65536 in0.15 out1.2
qwen3-vl-235b-a22b-instruct ctx131072 max32768 in0.4 out1.6
qwen3-vl-235b-a22b-thinking ctx131072 max32768 in0.4 out4
qwen3-vl-32b-instruct ctx131072 max32768 in0.16 out0.64
qwen3-vl-32b-thinking ctx131072 max32768 in0.16 out2.87
qwen3-vl-plus ctx260096 max32768
qwen3.5-plus ctx991808 max65536
qwen3.7-max ctx991808 max65536 in2.5 out7.5 cr0.5
qwen3.7-plus ctx991808 max65536
qwq-plus ctx98304 max8192 in0.8 out2.4
@deepinfra
Gryphe/MythoMax-L2-13b ctx4096 max4096 in0.08 out0.09
NousResearch/Hermes-3-Llama-3.1-405B ctx131072 max131072 in1 out1
NousResearch/Hermes-3-Llama-3.1-70B ctx131072 max131072 in0.3 out0.3
Qwen/QwQ-32B ctx131072 max131072 in0.15 out0.4
Qwen/Qwen2.5-72B-Instruct ctx32768 max32768 in0.12 out0.39
Qwen/Qwen2.5-7B-Instruct ctx32768 max32768 in0.04 out0.1
Qwen/Qwen2.5-VL-32B-Instruct ctx128000 max128000 in0.2 out0.6
Qwen/Qwen3-14B ctx40960 max40960 in0.06 out0.24
Qwen/Qwen3-235B-A22B ctx40960 max40960 in0.18 out0.54
Qwen/Qwen3-235B-A22B-Instruct-2507 ctx262144 max262144 in0.09 out0.6
Qwen/Qwen3-235B-A22B-Thinking-2507 ctx262144 max262144 in0.3 out2.9
Qwen/Qwen3-30B-A3B ctx40960 max40960 in0.08 out0.29
Qwen/Qwen3-32B ctx40960 max40960 in0.1 out0.28
Qwen/Qwen3-Coder-480B-A35B-Instruct ctx262144 max262144 in0.4 out1.6
Qwen/Qwen3-Coder-480B-A35B-Instruct-Turbo ctx262144 max262144 in0.29 out1.2
Qwen/Qwen3-Next-80B-A3B-Instruct ctx262144 max262144 in0.14 out1.4
Qwen/Qwen3-Next-80B-A3B-Thinking ctx262144 max262144 in0.14 out1.4
Sao10K/L3-8B-Lunaris-v1-Turbo ctx8192 max8192 in0.04 out0.05
Sao10K/L3.1-70B-Euryale-v2.2 ctx131072 max131072 in0.65 out0.75
Sao10K/L3.3-70B-Euryale-v2.3 ctx131072 max131072 in0.65 out0.75
allenai/olmOCR-7B-0725-FP8 ctx16384 max16384 in0.27 out1.5
anthropic/claude-3-7-sonnet-latest ctx200000 max200000 in3.3 out16.5 cr0.33
anthropic/claude-4-opus ctx200000 max200000 in16.5 out82.5
anthropic/claude-4-sonnet ctx200000 max200000 in3.3 out16.5
deepseek-ai/DeepSeek-R1 ctx163840 max163840 in0.7 out2.4
deepseek-ai/DeepSeek-R1-0528 ctx163840 max163840 in0.5 out2.15 cr0.4
deepseek-ai/DeepSeek-R1-0528-Turbo ctx32768 max32768 in1 out3
deepseek-ai/DeepSeek-R1-Distill-Llama-70B ctx131072 max131072 in0.2 out0.6
deepseek-ai/DeepSeek-R1-Distill-Qwen-32B ctx131072 max131072 in0.27 out0.27
deepseek-ai/DeepSeek-R1-Turbo ctx40960 max40960 in1 out3
deepseek-ai/DeepSeek-V3 ctx163840 max163840 in0.38 out0.89
deepseek-ai/DeepSeek-V3-0324 ctx163840 max163840 in0.25 out0.88
deepseek-ai/DeepSeek-V3.1 ctx163840 max163840 in0.27 out1 cr0.216
deepseek-ai/DeepSeek-V3.1-Terminus ctx163840 max163840 in0.27 out1 cr0.216
google/gemini-2.0-flash-001 ctx1000000 max1000000 in0.1 out0.4
google/gemini-2.5-flash ctx1000000 max1000000 in0.3 out2.5
google/gemini-2.5-pro ctx1000000 max1000000 in1.25 out10
google/gemma-3-12b-it ctx131072 max131072 in0.05 out0.1
google/gemma-3-27b-it ctx131072 max131072 in0.09 out0.16
google/gemma-3-4b-it ctx131072 max131072 in0.04 out0.08
meta-llama/Llama-3.2-11B-Vision-Instruct ctx131072 max131072 in0.049 out0.049
meta-llama/Llama-3.2-3B-Instruct ctx131072 max131072 in0.02 out0.02
meta-llama/Llama-3.3-70B-Instruct ctx131072 max131072 in0.23 out0.4
meta-llama/Llama-3.3-70B-Instruct-Turbo ctx131072 max131072 in0.13 out0.39
meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8 ctx1048576 max1048576 in0.15 out0.6
meta-llama/Llama-4-Scout-17B-16E-Instruct ctx327680 max327680 in0.08 out0.3
meta-llama/Llama-Guard-3-8B ctx131072 max131072 in0.055 out0.055
meta-llama/Llama-Guard-4-12B ctx163840 max163840 in0.18 out0.18
meta-llama/Meta-Llama-3-8B-Instruct ctx8192 max8192 in0.03 out0.06
meta-llama/Meta-Llama-3.1-70B-Instruct ctx131072 max131072 in0.4 out0.4
meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo ctx131072 max131072 in0.1 out0.28
meta-llama/Meta-Llama-3.1-8B-Instruct ctx131072 max131072 in0.03 out0.05
meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo ctx131072 max131072 in0.02 out0.03
microsoft/WizardLM-2-8x22B ctx65536 max65536 in0.48 out0.48
microsoft/phi-4 ctx16384 max16384 in0.07 out0.14
mistralai/Mistral-Nemo-Instruct-2407 ctx131072 max131072 in0.02 out0.04
mistralai/Mistral-Small-24B-Instruct-2501 ctx32768 max32768 in0.05 out0.08
mistralai/Mistral-Small-3.2-24B-Instruct-2506 ctx128000 max128000 in0.075 out0.2
mistralai/Mixtral-8x7B-Instruct-v0.1 ctx32768 max32768 in0.4 out0.4
moonshotai/Kimi-K2-Instruct ctx131072 max131072 in0.5 out2
moonshotai/Kimi-K2-Instruct-0905 ctx262144 max262144 in0.5 out2 cr0.4
nvidia/Llama-3.1-Nemotron-70B-Instruct ctx131072 max131072 in0.6 out0.6
nvidia/Llama-3.3-Nemotron-Super-49B-v1.5 ctx131072 max131072 in0.1 out0.4
nvidia/NVIDIA-Nemotron-Nano-9B-v2 ctx131072 max131072 in0.04 out0.16
openai/gpt-oss-120b ctx131072 max131072 in0.05 out0.45
openai/gpt-oss-20b ctx131072 max131072 in0.04 out0.15
zai-org/GLM-4.5 ctx131072 max131072 in0.4 out1.6
@deepseek
deepseek-chat ctx131072 max8192 in0.28 out0.42 cr0.028 cw0
deepseek-coder ctx128000 max4096 in0.14 out0.28
deepseek-r1 ctx65536 max8192 in0.55 out2.19
deepseek-reasoner ctx131072 max65536 in0.28 out0.42 cr0.028
deepseek-v3 ctx65536 max8192 in0.27 out1.1 cr0.07 cw0
deepseek-v3.2 ctx163840 max163840 in0.28 out0.4
deepseek-v4-flash ctx1000000 max8192 in0.14 out0.28 cr0.0028 cw0
deepseek-v4-pro ctx1000000 max8192 in0.435 out0.87 cr0.003625 cw0
@fireworks_ai
accounts/fireworks/models/chronos-hermes-13b-v2 ctx4096 max4096 in0.2 out0.2
accounts/fireworks/models/code-llama-13b ctx16384 max16384 in0.2 out0.2
accounts/fireworks/models/code-llama-13b-instruct ctx16384 max16384 in0.2 out0.2
accounts/fireworks/models/code-llama-13b-python ctx16384 max16384 in0.2 out0.2
accounts/fireworks/models/code-llama-34b ctx16384 max16384 in0.9 out0.9
accounts/fireworks/models/code-llama-34b-instruct ctx16384 max16384 in0.9 out0.9
accounts/fireworks/models/code-llama-34b-python ctx16384 max16384 in0.9 out0.9
accounts/fireworks/models/code-llama-70b ctx4096 max4096 in0.9 out0.9
accounts/fireworks/models/code-llama-70b-instruct ctx4096 max4096 in0.9 out0.9
accounts/fireworks/models/code-llama-70b-python ctx4096 max4096 in0.9 out0.9
accounts/fireworks/models/code-llama-7b ctx16384 max16384 in0.2 out0.2
accounts/fireworks/models/code-llama-7b-instruct ctx16384 max16384 in0.2 out0.2
accounts/fireworks/models/code-llama-7b-python ctx16384 max16384 in0.2 out0.2
accounts/fireworks/models/code-qwen-1p5-7b ctx65536 max65536 in0.2 out0.2
accounts/fireworks/models/codegemma-2b ctx8192 max8192 in0.1 out0.1
accounts/fireworks/models/codegemma-7b ctx8192 max8192 in0.2 out0.2
accounts/fireworks/models/cogito-671b-v2-p1 ctx163840 max163840 in1.2 out1.2
accounts/fireworks/models/cogito-v1-preview-llama-3b ctx131072 max131072 in0.1 out0.1
accounts/fireworks/models/cogito-v1-preview-llama-70b ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/cogito-v1-preview-llama-8b ctx131072 max131072 in0.2 out0.2
accounts/fireworks/models/cogito-v1-preview-qwen-14b ctx131072 max131072 in0.2 out0.2
accounts/fireworks/models/cogito-v1-preview-qwen-32b ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/dbrx-instruct ctx32768 max32768 in1.2 out1.2
accounts/fireworks/models/deepseek-coder-1b-base ctx16384 max16384 in0.1 out0.1
accounts/fireworks/models/deepseek-coder-33b-instruct ctx16384 max16384 in0.9 out0.9
accounts/fireworks/models/deepseek-coder-7b-base ctx4096 max4096 in0.2 out0.2
accounts/fireworks/models/deepseek-coder-7b-base-v1p5 ctx4096 max4096 in0.2 out0.2
accounts/fireworks/models/deepseek-coder-7b-instruct-v1p5 ctx4096 max4096 in0.2 out0.2
accounts/fireworks/models/deepseek-coder-v2-instruct ctx65536 max65536 in1.2 out1.2
accounts/fireworks/models/deepseek-coder-v2-lite-base ctx163840 max163840 in0.5 out0.5
accounts/fireworks/models/deepseek-coder-v2-lite-instruct ctx163840 max163840 in0.5 out0.5
accounts/fireworks/models/deepseek-prover-v2 ctx163840 max163840 in1.2 out1.2
accounts/fireworks/models/deepseek-r1 ctx128000 max20480 in3 out8
accounts/fireworks/models/deepseek-r1-0528 ctx160000 max160000 in3 out8
accounts/fireworks/models/deepseek-r1-0528-distill-qwen3-8b ctx131072 max131072 in0.2 out0.2
accounts/fireworks/models/deepseek-r1-basic ctx128000 max20480 in0.55 out2.19
accounts/fireworks/models/deepseek-r1-distill-llama-70b ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/deepseek-r1-distill-llama-8b ctx131072 max131072 in0.2 out0.2
accounts/fireworks/models/deepseek-r1-distill-qwen-14b ctx131072 max131072 in0.2 out0.2
accounts/fireworks/models/deepseek-r1-distill-qwen-1p5b ctx131072 max131072 in0.1 out0.1
accounts/fireworks/models/deepseek-r1-distill-qwen-32b ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/deepseek-r1-distill-qwen-7b ctx131072 max131072 in0.2 out0.2
accounts/fireworks/models/deepseek-v2-lite-chat ctx163840 max163840 in0.5 out0.5
accounts/fireworks/models/deepseek-v2p5 ctx32768 max32768 in1.2 out1.2
accounts/fireworks/models/deepseek-v3 ctx128000 max8192 in0.9 out0.9
accounts/fireworks/models/deepseek-v3-0324 ctx163840 max163840 in0.9 out0.9
accounts/fireworks/models/deepseek-v3p1 ctx128000 max8192 in0.56 out1.68
accounts/fireworks/models/deepseek-v3p1-terminus ctx128000 max8192 in0.56 out1.68
accounts/fireworks/models/deepseek-v3p2 ctx163840 max163840 in0.56 out1.68
accounts/fireworks/models/deepseek-v4-flash ctx1048576 max384000 in0.14 out0.28 cr0.028
accounts/fireworks/models/deepseek-v4-pro ctx1048576 max384000 in1.74 out3.48 cr0.145
accounts/fireworks/models/devstral-small-2505 ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/dobby-mini-unhinged-plus-llama-3-1-8b ctx131072 max131072 in0.2 out0.2
accounts/fireworks/models/dobby-unhinged-llama-3-3-70b-new ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/dolphin-2-9-2-qwen2-72b ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/dolphin-2p6-mixtral-8x7b ctx32768 max32768 in0.5 out0.5
accounts/fireworks/models/ernie-4p5-21b-a3b-pt ctx4096 max4096 in0.1 out0.1
accounts/fireworks/models/ernie-4p5-300b-a47b-pt ctx4096 max4096 in0.1 out0.1
accounts/fireworks/models/fare-20b ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/firefunction-v1 ctx32768 max32768 in0.5 out0.5
accounts/fireworks/models/firefunction-v2 ctx8192 max8192 in0.9 out0.9
accounts/fireworks/models/firellava-13b ctx4096 max4096 in0.2 out0.2
accounts/fireworks/models/firesearch-ocr-v6 ctx8192 max8192 in0.2 out0.2
accounts/fireworks/models/flux-1-dev ctx4096 max4096 in0.1 out0.1
accounts/fireworks/models/flux-1-dev-controlnet-union ctx4096 max4096 in0.001 out0.001
accounts/fireworks/models/flux-1-schnell ctx4096 max4096 in0.1 out0.1
accounts/fireworks/models/gemma-2b-it ctx8192 max8192 in0.1 out0.1
accounts/fireworks/models/gemma-3-27b-it ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/gemma-7b ctx8192 max8192 in0.2 out0.2
accounts/fireworks/models/gemma-7b-it ctx8192 max8192 in0.2 out0.2
accounts/fireworks/models/gemma2-9b-it ctx8192 max8192 in0.2 out0.2
accounts/fireworks/models/glm-4p5 ctx128000 max96000 in0.55 out2.19
accounts/fireworks/models/glm-4p5-air ctx128000 max96000 in0.22 out0.88
accounts/fireworks/models/glm-4p5v ctx131072 max131072 in1.2 out1.2
accounts/fireworks/models/glm-4p6 ctx202800 max202800 in0.55 out2.19
accounts/fireworks/models/glm-4p7 ctx202800 max202800 in0.6 out2.2 cr0.3
accounts/fireworks/models/glm-5p1 ctx202800 max131072 in1.4 out4.4 cr0.26
accounts/fireworks/models/glm-5p2 ctx1048576 max131072 in1.4 out4.4 cr0.14
accounts/fireworks/models/gpt-oss-120b ctx131072 max32768 in0.15 out0.6 cr0.015
accounts/fireworks/models/gpt-oss-20b ctx131072 max32768 in0.07 out0.3 cr0.035
accounts/fireworks/models/gpt-oss-safeguard-120b ctx131072 max131072 in1.2 out1.2
accounts/fireworks/models/gpt-oss-safeguard-20b ctx131072 max131072 in0.5 out0.5
accounts/fireworks/models/hermes-2-pro-mistral-7b ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/internvl3-38b ctx16384 max16384 in0.9 out0.9
accounts/fireworks/models/internvl3-78b ctx16384 max16384 in0.9 out0.9
accounts/fireworks/models/internvl3-8b ctx16384 max16384 in0.2 out0.2
accounts/fireworks/models/kat-coder ctx262144 max262144 in0.9 out0.9
accounts/fireworks/models/kat-dev-32b ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/kat-dev-72b-exp ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/kimi-k2-instruct ctx131072 max16384 in0.6 out2.5
accounts/fireworks/models/kimi-k2-instruct-0905 ctx262144 max32768 in0.6 out2.5
accounts/fireworks/models/kimi-k2-thinking ctx262144 max262144 in0.6 out2.5
accounts/fireworks/models/kimi-k2p5 ctx262144 max32768 in0.6 out3 cr0.1
accounts/fireworks/models/kimi-k2p6 ctx262144 max32768 in0.95 out4 cr0.16
accounts/fireworks/models/kimi-k2p7-code ctx262144 max32768 in0.95 out4 cr0.19
accounts/fireworks/models/llama-guard-2-8b ctx8192 max8192 in0.2 out0.2
accounts/fireworks/models/llama-guard-3-1b ctx131072 max131072 in0.1 out0.1
accounts/fireworks/models/llama-guard-3-8b ctx131072 max131072 in0.2 out0.2
accounts/fireworks/models/llama-v2-13b ctx4096 max4096 in0.2 out0.2
accounts/fireworks/models/llama-v2-13b-chat ctx4096 max4096 in0.2 out0.2
accounts/fireworks/models/llama-v2-70b ctx4096 max4096 in0.1 out0.1
accounts/fireworks/models/llama-v2-70b-chat ctx2048 max2048 in0.9 out0.9
accounts/fireworks/models/llama-v2-7b ctx4096 max4096 in0.2 out0.2
accounts/fireworks/models/llama-v2-7b-chat ctx4096 max4096 in0.2 out0.2
accounts/fireworks/models/llama-v3-70b-instruct ctx8192 max8192 in0.9 out0.9
accounts/fireworks/models/llama-v3-70b-instruct-hf ctx8192 max8192 in0.9 out0.9
accounts/fireworks/models/llama-v3-8b ctx8192 max8192 in0.2 out0.2
accounts/fireworks/models/llama-v3-8b-instruct-hf ctx8192 max8192 in0.2 out0.2
accounts/fireworks/models/llama-v3p1-405b-instruct ctx128000 max16384 in3 out3
accounts/fireworks/models/llama-v3p1-405b-instruct-long ctx4096 max4096 in0.1 out0.1
accounts/fireworks/models/llama-v3p1-70b-instruct ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/llama-v3p1-70b-instruct-1b ctx4096 max4096 in0.1 out0.1
accounts/fireworks/models/llama-v3p1-8b-instruct ctx16384 max16384 in0.1 out0.1
accounts/fireworks/models/llama-v3p1-nemotron-70b-instruct ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/llama-v3p2-11b-vision-instruct ctx16384 max16384 in0.2 out0.2
accounts/fireworks/models/llama-v3p2-1b ctx131072 max131072 in0.1 out0.1
accounts/fireworks/models/llama-v3p2-1b-instruct ctx16384 max16384 in0.1 out0.1
accounts/fireworks/models/llama-v3p2-3b ctx131072 max131072 in0.1 out0.1
accounts/fireworks/models/llama-v3p2-3b-instruct ctx16384 max16384 in0.1 out0.1
accounts/fireworks/models/llama-v3p2-90b-vision-instruct ctx16384 max16384 in0.9 out0.9
accounts/fireworks/models/llama-v3p3-70b-instruct ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/llama4-maverick-instruct-basic ctx131072 max131072 in0.22 out0.88
accounts/fireworks/models/llama4-scout-instruct-basic ctx131072 max131072 in0.15 out0.6
accounts/fireworks/models/llamaguard-7b ctx4096 max4096 in0.2 out0.2
accounts/fireworks/models/llava-yi-34b ctx4096 max4096 in0.9 out0.9
accounts/fireworks/models/minimax-m1-80k ctx4096 max4096 in0.1 out0.1
accounts/fireworks/models/minimax-m2 ctx4096 max4096 in0.3 out1.2
accounts/fireworks/models/minimax-m2p1 ctx204800 max204800 in0.3 out1.2 cr0.03
accounts/fireworks/models/minimax-m2p7 ctx196608 max196608 in0.3 out1.2 cr0.06
accounts/fireworks/models/minimax-m3 ctx512000 max512000 in0.3 out1.2 cr0.06
accounts/fireworks/models/ministral-3-14b-instruct-2512 ctx256000 max256000 in0.2 out0.2
accounts/fireworks/models/ministral-3-3b-instruct-2512 ctx256000 max256000 in0.1 out0.1
accounts/fireworks/models/ministral-3-8b-instruct-2512 ctx256000 max256000 in0.2 out0.2
accounts/fireworks/models/mistral-7b ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/mistral-7b-instruct-4k ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/mistral-7b-instruct-v0p2 ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/mistral-7b-instruct-v3 ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/mistral-7b-v0p2 ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/mistral-large-3-fp8 ctx256000 max256000 in1.2 out1.2
accounts/fireworks/models/mistral-nemo-base-2407 ctx128000 max128000 in0.2 out0.2
accounts/fireworks/models/mistral-nemo-instruct-2407 ctx128000 max128000 in0.2 out0.2
accounts/fireworks/models/mistral-small-24b-instruct-2501 ctx32768 max32768 in0.9 out0.9
accounts/fireworks/models/mixtral-8x22b ctx65536 max65536 in1.2 out1.2
accounts/fireworks/models/mixtral-8x22b-instruct ctx65536 max65536 in1.2 out1.2
accounts/fireworks/models/mixtral-8x22b-instruct-hf ctx65536 max65536 in1.2 out1.2
accounts/fireworks/models/mixtral-8x7b ctx32768 max32768 in0.5 out0.5
accounts/fireworks/models/mixtral-8x7b-instruct ctx32768 max32768 in0.5 out0.5
accounts/fireworks/models/mixtral-8x7b-instruct-hf ctx32768 max32768 in0.5 out0.5
accounts/fireworks/models/mythomax-l2-13b ctx4096 max4096 in0.2 out0.2
accounts/fireworks/models/nemotron-nano-v2-12b-vl ctx4096 max4096 in0.1 out0.1
accounts/fireworks/models/nous-capybara-7b-v1p9 ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/nous-hermes-2-mixtral-8x7b-dpo ctx32768 max32768 in0.5 out0.5
accounts/fireworks/models/nous-hermes-2-yi-34b ctx4096 max4096 in0.9 out0.9
accounts/fireworks/models/nous-hermes-llama2-13b ctx4096 max4096 in0.2 out0.2
accounts/fireworks/models/nous-hermes-llama2-70b ctx4096 max4096 in0.9 out0.9
accounts/fireworks/models/nous-hermes-llama2-7b ctx4096 max4096 in0.2 out0.2
accounts/fireworks/models/nvidia-nemotron-nano-12b-v2 ctx131072 max131072 in0.2 out0.2
accounts/fireworks/models/nvidia-nemotron-nano-9b-v2 ctx131072 max131072 in0.2 out0.2
accounts/fireworks/models/openchat-3p5-0106-7b ctx8192 max8192 in0.2 out0.2
accounts/fireworks/models/openhermes-2-mistral-7b ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/openhermes-2p5-mistral-7b ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/openorca-7b ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/phi-2-3b ctx2048 max2048 in0.1 out0.1
accounts/fireworks/models/phi-3-mini-128k-instruct ctx131072 max131072 in0.1 out0.1
accounts/fireworks/models/phi-3-vision-128k-instruct ctx32064 max32064 in0.2 out0.2
accounts/fireworks/models/phind-code-llama-34b-python-v1 ctx16384 max16384 in0.9 out0.9
accounts/fireworks/models/phind-code-llama-34b-v1 ctx16384 max16384 in0.9 out0.9
accounts/fireworks/models/phind-code-llama-34b-v2 ctx16384 max16384 in0.9 out0.9
accounts/fireworks/models/pythia-12b ctx2048 max2048 in0.2 out0.2
accounts/fireworks/models/qwen-qwq-32b-preview ctx32768 max32768 in0.9 out0.9
accounts/fireworks/models/qwen-v2p5-14b-instruct ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/qwen-v2p5-7b ctx131072 max131072 in0.2 out0.2
accounts/fireworks/models/qwen1p5-72b-chat ctx32768 max32768 in0.9 out0.9
accounts/fireworks/models/qwen2-72b-instruct ctx32768 max32768 in0.9 out0.9
accounts/fireworks/models/qwen2-7b-instruct ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/qwen2-vl-2b-instruct ctx32768 max32768 in0.1 out0.1
accounts/fireworks/models/qwen2-vl-72b-instruct ctx32768 max32768 in0.9 out0.9
accounts/fireworks/models/qwen2-vl-7b-instruct ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/qwen2p5-0p5b-instruct ctx32768 max32768 in0.1 out0.1
accounts/fireworks/models/qwen2p5-14b ctx131072 max131072 in0.2 out0.2
accounts/fireworks/models/qwen2p5-1p5b-instruct ctx32768 max32768 in0.1 out0.1
accounts/fireworks/models/qwen2p5-32b ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/qwen2p5-32b-instruct ctx32768 max32768 in0.9 out0.9
accounts/fireworks/models/qwen2p5-72b ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/qwen2p5-72b-instruct ctx32768 max32768 in0.9 out0.9
accounts/fireworks/models/qwen2p5-7b-instruct ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/qwen2p5-coder-0p5b ctx32768 max32768 in0.1 out0.1
accounts/fireworks/models/qwen2p5-coder-0p5b-instruct ctx32768 max32768 in0.1 out0.1
accounts/fireworks/models/qwen2p5-coder-14b ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/qwen2p5-coder-14b-instruct ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/qwen2p5-coder-1p5b ctx32768 max32768 in0.1 out0.1
accounts/fireworks/models/qwen2p5-coder-1p5b-instruct ctx32768 max32768 in0.1 out0.1
accounts/fireworks/models/qwen2p5-coder-32b ctx32768 max32768 in0.9 out0.9
accounts/fireworks/models/qwen2p5-coder-32b-instruct ctx4096 max4096 in0.9 out0.9
accounts/fireworks/models/qwen2p5-coder-32b-instruct-128k ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/qwen2p5-coder-32b-instruct-32k-rope ctx32768 max32768 in0.9 out0.9
accounts/fireworks/models/qwen2p5-coder-32b-instruct-64k ctx65536 max65536 in0.9 out0.9
accounts/fireworks/models/qwen2p5-coder-3b ctx32768 max32768 in0.1 out0.1
accounts/fireworks/models/qwen2p5-coder-3b-instruct ctx32768 max32768 in0.1 out0.1
accounts/fireworks/models/qwen2p5-coder-7b ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/qwen2p5-coder-7b-instruct ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/qwen2p5-math-72b-instruct ctx4096 max4096 in0.9 out0.9
accounts/fireworks/models/qwen2p5-vl-32b-instruct ctx128000 max128000 in0.9 out0.9
accounts/fireworks/models/qwen2p5-vl-3b-instruct ctx128000 max128000 in0.2 out0.2
accounts/fireworks/models/qwen2p5-vl-72b-instruct ctx128000 max128000 in0.9 out0.9
accounts/fireworks/models/qwen2p5-vl-7b-instruct ctx128000 max128000 in0.2 out0.2
accounts/fireworks/models/qwen3-0p6b ctx40960 max40960 in0.1 out0.1
accounts/fireworks/models/qwen3-14b ctx40960 max40960 in0.2 out0.2
accounts/fireworks/models/qwen3-1p7b ctx131072 max131072 in0.1 out0.1
accounts/fireworks/models/qwen3-1p7b-fp8-draft ctx262144 max262144 in0.1 out0.1
accounts/fireworks/models/qwen3-1p7b-fp8-draft-131072 ctx131072 max131072 in0.1 out0.1
accounts/fireworks/models/qwen3-1p7b-fp8-draft-40960 ctx40960 max40960 in0.1 out0.1
accounts/fireworks/models/qwen3-235b-a22b ctx131072 max131072 in0.22 out0.88
accounts/fireworks/models/qwen3-235b-a22b-instruct-2507 ctx262144 max262144 in0.22 out0.88
accounts/fireworks/models/qwen3-235b-a22b-thinking-2507 ctx262144 max262144 in0.22 out0.88
accounts/fireworks/models/qwen3-30b-a3b ctx131072 max131072 in0.15 out0.6
accounts/fireworks/models/qwen3-30b-a3b-instruct-2507 ctx262144 max262144 in0.5 out0.5
accounts/fireworks/models/qwen3-30b-a3b-thinking-2507 ctx262144 max262144 in0.9 out0.9
accounts/fireworks/models/qwen3-32b ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/qwen3-4b ctx40960 max40960 in0.2 out0.2
accounts/fireworks/models/qwen3-4b-instruct-2507 ctx262144 max262144 in0.2 out0.2
accounts/fireworks/models/qwen3-8b ctx40960 max40960 in0.2 out0.2
accounts/fireworks/models/qwen3-coder-30b-a3b-instruct ctx262144 max262144 in0.15 out0.6
accounts/fireworks/models/qwen3-coder-480b-a35b-instruct ctx262144 max262144 in0.45 out1.8
accounts/fireworks/models/qwen3-coder-480b-instruct-bf16 ctx4096 max4096 in0.9 out0.9
accounts/fireworks/models/qwen3-next-80b-a3b-instruct ctx4096 max4096 in0.9 out0.9
accounts/fireworks/models/qwen3-next-80b-a3b-thinking ctx4096 max4096 in0.9 out0.9
accounts/fireworks/models/qwen3-vl-235b-a22b-instruct ctx262144 max262144 in0.22 out0.88
accounts/fireworks/models/qwen3-vl-235b-a22b-thinking ctx262144 max262144 in0.22 out0.88
accounts/fireworks/models/qwen3-vl-30b-a3b-instruct ctx262144 max262144 in0.15 out0.6
accounts/fireworks/models/qwen3-vl-30b-a3b-thinking ctx262144 max262144 in0.15 out0.6
accounts/fireworks/models/qwen3-vl-32b-instruct ctx4096 max4096 in0.9 out0.9
accounts/fireworks/models/qwen3-vl-8b-instruct ctx4096 max4096 in0.2 out0.2
accounts/fireworks/models/qwen3p7-plus ctx262144 max65536 in0.4 out1.6 cr0.08
accounts/fireworks/models/qwq-32b ctx131072 max131072 in0.9 out0.9
accounts/fireworks/models/rolm-ocr ctx128000 max128000 in0.2 out0.2
accounts/fireworks/models/snorkel-mistral-7b-pairrm-dpo ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/stablecode-3b ctx4096 max4096 in0.1 out0.1
accounts/fireworks/models/starcoder-16b ctx8192 max8192 in0.2 out0.2
accounts/fireworks/models/starcoder-7b ctx8192 max8192 in0.2 out0.2
accounts/fireworks/models/starcoder2-15b ctx16384 max16384 in0.2 out0.2
accounts/fireworks/models/starcoder2-3b ctx16384 max16384 in0.1 out0.1
accounts/fireworks/models/starcoder2-7b ctx16384 max16384 in0.2 out0.2
accounts/fireworks/models/toppy-m-7b ctx32768 max32768 in0.2 out0.2
accounts/fireworks/models/yi-34b ctx4096 max4096 in0.9 out0.9
accounts/fireworks/models/yi-34b-200k-capybara ctx200000 max200000 in0.9 out0.9
accounts/fireworks/models/yi-34b-chat ctx4096 max4096 in0.9 out0.9
accounts/fireworks/models/yi-6b ctx4096 max4096 in0.2 out0.2
accounts/fireworks/models/yi-large ctx32768 max32768 in3 out3
accounts/fireworks/models/zephyr-7b-beta ctx32768 max32768 in0.2 out0.2
accounts/fireworks/routers/glm-5p1-fast ctx202800 max131072 in2.8 out8.8 cr0.52
accounts/fireworks/routers/kimi-k2p6-fast ctx262144 max32768 in2 out8 cr0.3
accounts/fireworks/routers/kimi-k2p7-code-fast ctx262144 max32768 in1.9 out8 cr0.38
deepseek-v4-flash ctx1048576 max384000 in0.14 out0.28 cr0.028
deepseek-v4-pro ctx1048576 max384000 in1.74 out3.48 cr0.145
fireworks-ai-4.1b-to-16b in0.2 out0.2
fireworks-ai-56b-to-176b in1.2 out1.2
fireworks-ai-above-16b in0.9 out0.9
fireworks-ai-moe-up-to-56b in0.5 out0.5
fireworks-ai-up-to-4b in0.2 out0.2
glm-4p7 ctx202800 max202800 in0.6 out2.2 cr0.3
glm-5p1 ctx202800 max131072 in1.4 out4.4 cr0.26
glm-5p1-fast ctx202800 max131072 in2.8 out8.8 cr0.52
glm-5p2 ctx1048576 max131072 in1.4 out4.4 cr0.14
gpt-oss-120b ctx131072 max32768 in0.15 out0.6 cr0.015
gpt-oss-20b ctx131072 max32768 in0.07 out0.3 cr0.035
kimi-k2p5 ctx262144 max32768 in0.6 out3 cr0.1
kimi-k2p6 ctx262144 max32768 in0.95 out4 cr0.16
kimi-k2p6-fast ctx262144 max32768 in2 out8 cr0.3
kimi-k2p7-code ctx262144 max32768 in0.95 out4 cr0.19
kimi-k2p7-code-fast ctx262144 max32768 in1.9 out8 cr0.38
minimax-m2p1 ctx204800 max204800 in0.3 out1.2 cr0.03
minimax-m2p7 ctx196608 max196608 in0.3 out1.2 cr0.06
minimax-m3 ctx512000 max512000 in0.3 out1.2 cr0.06
qwen3p7-plus ctx262144 max65536 in0.4 out1.6 cr0.08
@gemini
gemini-2.0-flash ctx1048576 max8192 in0.1 out0.4 cr0.025 ai0.7
gemini-2.0-flash-001 ctx1048576 max8192 in0.1 out0.4 cr0.025 ai0.7
gemini-2.0-flash-lite ctx1048576 max8192 in0.075 out0.3 cr0.01875 ai0.075
gemini-2.0-flash-lite-001 ctx1048576 max8192 in0.075 out0.3 cr0.01875 ai0.075
gemini-2.5-computer-use-preview-10-2025 ctx128000 max64000 in1.25 out10 >200000 in2.5 out15
gemini-2.5-flash ctx1048576 max65535 in0.3 out2.5 cr0.03 rs2.5 ai1
gemini-2.5-flash-lite ctx1048576 max65535 in0.1 out0.4 cr0.01 rs0.4 ai0.3
gemini-2.5-flash-lite-preview-06-17 ctx1048576 max65535 in0.1 out0.4 cr0.025 rs0.4 ai0.5
gemini-2.5-flash-lite-preview-09-2025 ctx1048576 max65535 in0.1 out0.4 cr0.01 rs0.4 ai0.3
gemini-2.5-flash-native-audio-latest ctx1048576 max8192 in0.3 out2.5 ai1
gemini-2.5-flash-native-audio-preview-09-2025 ctx1048576 max8192 in0.3 out2.5 ai1
gemini-2.5-flash-native-audio-preview-12-2025 ctx1048576 max8192 in0.3 out2.5 ai1
gemini-2.5-flash-preview-09-2025 ctx1048576 max65535 in0.3 out2.5 cr0.075 rs2.5 ai1
gemini-2.5-pro ctx1048576 max65535 in1.25 out10 cr0.125 >200000 in2.5 out15 cr0.25
gemini-2.5-pro-preview-tts ctx1048576 max65535 in1.25 out10 cr0.125 ai0.7 >200000 in2.5 out15 cr0.25
gemini-3-flash-preview ctx1048576 max65535 in0.5 out3 cr0.05 rs3 ai1
gemini-3-pro-preview ctx1048576 max65535 in2 out12 cr0.2 >200000 in4 out18 cr0.4
gemini-3.1-flash-lite ctx1048576 max65536 in0.25 out1.5 cr0.025 rs1.5 ai0.5
gemini-3.1-flash-lite-preview ctx1048576 max65536 in0.25 out1.5 cr0.025 rs1.5 ai0.5
gemini-3.1-flash-live-preview ctx131072 max65536 in0.75 out4.5 ai3 ao12
gemini-3.1-pro-preview ctx1048576 max65536 in2 out12 cr0.2 >200000 in4 out18 cr0.4
gemini-3.1-pro-preview-customtools ctx1048576 max65536 in2 out12 cr0.2 >200000 in4 out18 cr0.4
gemini-3.5-flash ctx1048576 max65535 in1.5 out9 cr0.15 rs9 ai1
gemini-3.5-flash-lite ctx1048576 max65536 in0.3 out2.5 cr0.03 rs2.5
gemini-3.6-flash ctx1048576 max65536 in1.5 out7.5 cr0.15 rs7.5
gemini-exp-1114 ctx1048576 max8192
gemini-exp-1206 ctx2097152 max8192
gemini-flash-latest ctx1048576 max65535 in0.3 out2.5 cr0.075 rs2.5 ai1
gemini-flash-lite-latest ctx1048576 max65535 in0.1 out0.4 cr0.025 rs0.4 ai0.3
gemini-gemma-2-27b-it max8192 in0.35 out1.05
gemini-gemma-2-9b-it max8192 in0.35 out1.05
gemini-omni-flash-preview ctx1048576 max65535 in1.5 out9 rs9 ai1.5
gemini-pro-latest ctx1048576 max65535 in1.25 out10 cr0.125 >200000 in2.5 out15 cr0.25
gemini-robotics-er-1.5-preview ctx1048576 max65535 in0.3 out2.5 cr0 rs2.5 ai1
gemma-3-27b-it ctx131072 max8192
learnlm-1.5-pro-experimental ctx32767 max8192
lyria-3-clip-preview ctx131072 max8192
lyria-3-pro-preview ctx131072 max8192
@groq
gemma-7b-it ctx8192 max8192 in0.05 out0.08
llama-3.1-8b-instant ctx128000 max8192 in0.05 out0.08
llama-3.3-70b-versatile ctx128000 max32768 in0.59 out0.79
meta-llama/llama-4-maverick-17b-128e-instruct ctx131072 max8192 in0.2 out0.6
meta-llama/llama-4-scout-17b-16e-instruct ctx131072 max8192 in0.11 out0.34
meta-llama/llama-guard-4-12b ctx8192 max8192 in0.2 out0.2
moonshotai/kimi-k2-instruct-0905 ctx262144 max16384 in1 out3 cr0.5
openai/gpt-oss-120b ctx131072 max32766 in0.15 out0.6 cr0.075
openai/gpt-oss-20b ctx131072 max32768 in0.075 out0.3 cr0.0375
openai/gpt-oss-safeguard-20b ctx131072 max65536 in0.075 out0.3 cr0.037
qwen/qwen3-32b ctx131000 max131000 in0.29 out0.59
@mistral
codestral-2405 ctx32000 max8191 in1 out3
codestral-2508 ctx256000 max256000 in0.3 out0.9
codestral-latest ctx32000 max8191 in1 out3
codestral-mamba-latest ctx256000 max256000 in0.25 out0.25
devstral-2512 ctx256000 max256000 in0.4 out2
devstral-latest ctx256000 max256000 in0.4 out2
devstral-medium-2507 ctx128000 max128000 in0.4 out2
devstral-medium-latest ctx256000 max256000 in0.4 out2
devstral-small-2505 ctx128000 max128000 in0.1 out0.3
devstral-small-2507 ctx128000 max128000 in0.1 out0.3
devstral-small-latest ctx256000 max256000 in0.1 out0.3
labs-devstral-small-2512 ctx256000 max256000 in0.1 out0.3
magistral-medium-1-2-2509 ctx40000 max40000 in2 out5
magistral-medium-2506 ctx40000 max40000 in2 out5
magistral-medium-2509 ctx40000 max40000 in2 out5
magistral-medium-latest ctx40000 max40000 in2 out5
magistral-small-1-2-2509 ctx40000 max40000 in0.5 out1.5
magistral-small-2506 ctx40000 max40000 in0.5 out1.5
magistral-small-latest ctx40000 max40000 in0.5 out1.5
ministral-3-14b-2512 ctx262144 max262144 in0.2 out0.2
ministral-3-3b-2512 ctx131072 max131072 in0.1 out0.1
ministral-3-8b-2512 ctx262144 max262144 in0.15 out0.15
ministral-8b-2512 ctx262144 max262144 in0.15 out0.15
ministral-8b-latest ctx262144 max262144 in0.15 out0.15
mistral-large-2402 ctx32000 max8191 in4 out12
mistral-large-2407 ctx128000 max128000 in3 out9
mistral-large-2411 ctx128000 max128000 in2 out6
mistral-large-2512 ctx262144 max262144 in0.5 out1.5
mistral-large-3 ctx262144 max262144 in0.5 out1.5
mistral-large-latest ctx262144 max262144 in0.5 out1.5
mistral-medium ctx32000 max8191 in2.7 out8.1
mistral-medium-2312 ctx32000 max8191 in2.7 out8.1
mistral-medium-2505 ctx131072 max8191 in0.4 out2
mistral-medium-2508 ctx131072 max131072 in0.4 out2
mistral-medium-2604 ctx262144 max262144 in1.5 out7.5
mistral-medium-3-1-2508 ctx131072 max131072 in0.4 out2
mistral-medium-3-5 ctx262144 max262144 in1.5 out7.5
mistral-medium-latest ctx262144 max262144 in1.5 out7.5
mistral-small ctx32000 max8191 in0.1 out0.3
mistral-small-3-2-2506 ctx131072 max131072 in0.06 out0.18
mistral-small-latest ctx131072 max131072 in0.06 out0.18
mistral-tiny ctx32000 max8191 in0.25 out0.25
open-codestral-mamba ctx256000 max256000 in0.25 out0.25
open-mistral-7b ctx32000 max8191 in0.25 out0.25
open-mistral-nemo ctx128000 max128000 in0.3 out0.3
open-mistral-nemo-2407 ctx128000 max128000 in0.3 out0.3
open-mixtral-8x22b ctx65336 max8191 in2 out6
open-mixtral-8x7b ctx32000 max8191 in0.7 out0.7
pixtral-12b-2409 ctx128000 max128000 in0.15 out0.15
pixtral-large-2411 ctx128000 max128000 in2 out6
pixtral-large-latest ctx128000 max128000 in2 out6
@moonshot
kimi-k2-0711-preview ctx131072 max131072 in0.6 out2.5 cr0.15
kimi-k2-0905-preview ctx262144 max262144 in0.6 out2.5 cr0.15
kimi-k2-thinking ctx262144 max262144 in0.6 out2.5 cr0.15
kimi-k2-thinking-turbo ctx262144 max262144 in1.15 out8 cr0.15
kimi-k2-turbo-preview ctx262144 max262144 in1.15 out8 cr0.15
kimi-k2.5 ctx262144 max262144 in0.6 out3 cr0.1
kimi-k2.6 ctx262144 max262144 in0.95 out4 cr0.16
kimi-latest ctx131072 max131072 in2 out5 cr0.15
kimi-latest-128k ctx131072 max131072 in2 out5 cr0.15
kimi-latest-32k ctx32768 max32768 in1 out3 cr0.15
kimi-latest-8k ctx8192 max8192 in0.2 out2 cr0.15
kimi-thinking-preview ctx131072 max131072 in0.6 out2.5 cr0.15
moonshot-v1-128k ctx131072 max131072 in2 out5
moonshot-v1-128k-0430 ctx131072 max131072 in2 out5
moonshot-v1-128k-vision-preview ctx131072 max131072 in2 out5
moonshot-v1-32k ctx32768 max32768 in1 out3
moonshot-v1-32k-0430 ctx32768 max32768 in1 out3
moonshot-v1-32k-vision-preview ctx32768 max32768 in1 out3
moonshot-v1-8k ctx8192 max8192 in0.2 out2
moonshot-v1-8k-0430 ctx8192 max8192 in0.2 out2
moonshot-v1-8k-vision-preview ctx8192 max8192 in0.2 out2
moonshot-v1-auto ctx131072 max131072 in2 out5
@ollama
codegeex4 ctx32768 max8192 in0 out0
deepseek-coder-v2-instruct ctx32768 max8192 in0 out0
deepseek-coder-v2-lite-instruct ctx32768 max8192 in0 out0
deepseek-v3.1:671b-cloud ctx163840 max163840 in0 out0
gpt-oss:120b-cloud ctx131072 max131072 in0 out0
gpt-oss:20b-cloud ctx131072 max131072 in0 out0
internlm2_5-20b-chat ctx32768 max8192 in0 out0
llama2 ctx4096 max4096 in0 out0
llama2:13b ctx4096 max4096 in0 out0
llama2:70b ctx4096 max4096 in0 out0
llama2:7b ctx4096 max4096 in0 out0
llama3 ctx8192 max8192 in0 out0
llama3.1 ctx8192 max8192 in0 out0
llama3:70b ctx8192 max8192 in0 out0
llama3:8b ctx8192 max8192 in0 out0
mistral-7B-Instruct-v0.1 ctx8192 max8192 in0 out0
mistral-7B-Instruct-v0.2 ctx32768 max32768 in0 out0
mistral-large-instruct-2407 ctx65536 max8192 in0 out0
mixtral-8x22B-Instruct-v0.1 ctx65536 max65536 in0 out0
mixtral-8x7B-Instruct-v0.1 ctx32768 max32768 in0 out0
qwen3-coder:480b-cloud ctx262144 max262144 in0 out0
@openai
chatgpt-4o-latest ctx128000 max4096 in5 out15
codex-mini-latest ctx200000 max100000 in1.5 out6 cr0.375
ft:gpt-3.5-turbo ctx16385 max4096 in3 out6
ft:gpt-3.5-turbo-0125 ctx16385 max4096 in3 out6
ft:gpt-3.5-turbo-0613 ctx4096 max4096 in3 out6
ft:gpt-3.5-turbo-1106 ctx16385 max4096 in3 out6
ft:gpt-4-0613 ctx8192 max4096 in30 out60
ft:gpt-4.1-2025-04-14 ctx1047576 max32768 in3 out12 cr0.75
ft:gpt-4.1-mini-2025-04-14 ctx1047576 max32768 in0.8 out3.2 cr0.2
ft:gpt-4.1-nano-2025-04-14 ctx1047576 max32768 in0.2 out0.8 cr0.05
ft:gpt-4o-2024-08-06 ctx128000 max16384 in3.75 out15 cr1.875
ft:gpt-4o-2024-11-20 ctx128000 max16384 in3.75 out15 cw1.875
ft:gpt-4o-mini-2024-07-18 ctx128000 max16384 in0.3 out1.2 cr0.15
ft:o4-mini-2025-04-16 ctx200000 max100000 in4 out16 cr1
gpt-3.5-turbo ctx16385 max4096 in0.5 out1.5
gpt-3.5-turbo-0125 ctx16385 max4096 in0.5 out1.5
gpt-3.5-turbo-1106 ctx16385 max4096 in1 out2
gpt-3.5-turbo-16k ctx16385 max4096 in3 out4
gpt-4 ctx8192 max4096 in30 out60
gpt-4-0125-preview ctx128000 max4096 in10 out30
gpt-4-0314 ctx8192 max4096 in30 out60
gpt-4-0613 ctx8192 max4096 in30 out60
gpt-4-1106-preview ctx128000 max4096 in10 out30
gpt-4-turbo ctx128000 max4096 in10 out30
gpt-4-turbo-2024-04-09 ctx128000 max4096 in10 out30
gpt-4-turbo-preview ctx128000 max4096 in10 out30
gpt-4.1 ctx1047576 max32768 in2 out8 cr0.5
gpt-4.1-2025-04-14 ctx1047576 max32768 in2 out8 cr0.5
gpt-4.1-mini ctx1047576 max32768 in0.4 out1.6 cr0.1
gpt-4.1-mini-2025-04-14 ctx1047576 max32768 in0.4 out1.6 cr0.1
gpt-4.1-nano ctx1047576 max32768 in0.1 out0.4 cr0.025
gpt-4.1-nano-2025-04-14 ctx1047576 max32768 in0.1 out0.4 cr0.025
gpt-4o ctx128000 max16384 in2.5 out10 cr1.25
gpt-4o-2024-05-13 ctx128000 max4096 in5 out15
gpt-4o-2024-08-06 ctx128000 max16384 in2.5 out10 cr1.25
gpt-4o-2024-11-20 ctx128000 max16384 in2.5 out10 cr1.25
gpt-4o-audio-preview ctx128000 max16384 in2.5 out10 ai40 ao80
gpt-4o-audio-preview-2024-12-17 ctx128000 max16384 in2.5 out10 ai40 ao80
gpt-4o-audio-preview-2025-06-03 ctx128000 max16384 in2.5 out10 ai40 ao80
gpt-4o-mini ctx128000 max16384 in0.15 out0.6 cr0.075
gpt-4o-mini-2024-07-18 ctx128000 max16384 in0.15 out0.6 cr0.075
gpt-4o-mini-audio-preview ctx128000 max16384 in0.15 out0.6 ai10 ao20
gpt-4o-mini-audio-preview-2024-12-17 ctx128000 max16384 in0.15 out0.6 ai10 ao20
gpt-4o-mini-search-preview ctx128000 max16384 in0.15 out0.6 cr0.075
gpt-4o-mini-search-preview-2025-03-11 ctx128000 max16384 in0.15 out0.6 cr0.075
gpt-4o-search-preview ctx128000 max16384 in2.5 out10 cr1.25
gpt-4o-search-preview-2025-03-11 ctx128000 max16384 in2.5 out10 cr1.25
gpt-5 ctx272000 max128000 in1.25 out10 cr0.125
gpt-5-2025-08-07 ctx272000 max128000 in1.25 out10 cr0.125
gpt-5-chat ctx128000 max16384 in1.25 out10 cr0.125
gpt-5-chat-latest ctx128000 max16384 in1.25 out10 cr0.125
gpt-5-codex ctx272000 max128000 in1.25 out10 cr0.125
gpt-5-mini ctx272000 max128000 in0.25 out2 cr0.025
gpt-5-mini-2025-08-07 ctx272000 max128000 in0.25 out2 cr0.025
gpt-5-nano ctx272000 max128000 in0.05 out0.4 cr0.005
gpt-5-nano-2025-08-07 ctx272000 max128000 in0.05 out0.4 cr0.005
gpt-5-pro ctx400000 max128000 in15 out120
gpt-5-pro-2025-10-06 ctx400000 max128000 in15 out120
gpt-5-search-api ctx272000 max128000 in1.25 out10 cr0.125
gpt-5-search-api-2025-10-14 ctx272000 max128000 in1.25 out10 cr0.125
gpt-5.1 ctx272000 max128000 in1.25 out10 cr0.125
gpt-5.1-2025-11-13 ctx272000 max128000 in1.25 out10 cr0.125
gpt-5.1-chat-latest ctx128000 max16384 in1.25 out10 cr0.125
gpt-5.1-codex ctx272000 max128000 in1.25 out10 cr0.125
gpt-5.1-codex-max ctx272000 max128000 in1.25 out10 cr0.125
gpt-5.1-codex-mini ctx272000 max128000 in0.25 out2 cr0.025
gpt-5.2 ctx272000 max128000 in1.75 out14 cr0.175
gpt-5.2-2025-12-11 ctx272000 max128000 in1.75 out14 cr0.175
gpt-5.2-chat-latest ctx128000 max16384 in1.75 out14 cr0.175
gpt-5.2-codex ctx272000 max128000 in1.75 out14 cr0.175
gpt-5.2-pro ctx272000 max128000 in21 out168
gpt-5.2-pro-2025-12-11 ctx272000 max128000 in21 out168
gpt-5.3-chat-latest ctx128000 max16384 in1.75 out14 cr0.175
gpt-5.3-codex ctx272000 max128000 in1.75 out14 cr0.175
gpt-5.4 ctx1050000 max128000 in2.5 out15 cr0.25 >272000 in5 out22.5 cr0.5
gpt-5.4-2026-03-05 ctx1050000 max128000 in2.5 out15 cr0.25 >272000 in5 out22.5 cr0.5
gpt-5.4-mini ctx272000 max128000 in0.75 out4.5 cr0.075
gpt-5.4-mini-2026-03-17 ctx272000 max128000 in0.75 out4.5 cr0.075
gpt-5.4-nano ctx272000 max128000 in0.2 out1.25 cr0.02
gpt-5.4-nano-2026-03-17 ctx272000 max128000 in0.2 out1.25 cr0.02
gpt-5.4-pro ctx1050000 max128000 in30 out180 cr3 >272000 in60 out270 cr6
gpt-5.4-pro-2026-03-05 ctx1050000 max128000 in30 out180 cr3 >272000 in60 out270 cr6
gpt-5.5 ctx1050000 max128000 in5 out30 cr0.5 >272000 in10 out45 cr1
gpt-5.5-2026-04-23 ctx1050000 max128000 in5 out30 cr0.5 >272000 in10 out45 cr1
gpt-5.5-pro ctx1050000 max128000 in30 out180 cr3 >272000 in60 out270 cr6
gpt-5.5-pro-2026-04-23 ctx1050000 max128000 in30 out180 cr3 >272000 in60 out270 cr6
gpt-5.6 ctx1050000 max128000 in5 out30 cr0.5 cw6.25 >272000 in10 out45 cr1 cw12.5
gpt-5.6-luna ctx1050000 max128000 in0.2 out1.2 cr0.02 cw0.25 >272000 in0.4 out1.8 cr0.04 cw0.5
gpt-5.6-sol ctx1050000 max128000 in5 out30 cr0.5 cw6.25 >272000 in10 out45 cr1 cw12.5
gpt-5.6-terra ctx1050000 max128000 in2 out12 cr0.2 cw2.5 >272000 in4 out18 cr0.4 cw5
gpt-audio ctx128000 max16384 in2.5 out10 ai32 ao64
gpt-audio-1.5 ctx128000 max16384 in2.5 out10 ai32 ao64
gpt-audio-2025-08-28 ctx128000 max16384 in2.5 out10 ai32 ao64
gpt-audio-mini ctx128000 max16384 in0.6 out2.4 ai10 ao20
gpt-audio-mini-2025-10-06 ctx128000 max16384 in0.6 out2.4 ai10 ao20
gpt-audio-mini-2025-12-15 ctx128000 max16384 in0.6 out2.4 ai10 ao20
o1 ctx200000 max100000 in15 out60 cr7.5
o1-2024-12-17 ctx200000 max100000 in15 out60 cr7.5
o1-pro ctx200000 max100000 in150 out600
o1-pro-2025-03-19 ctx200000 max100000 in150 out600
o3 ctx200000 max100000 in2 out8 cr0.5
o3-2025-04-16 ctx200000 max100000 in2 out8 cr0.5
o3-deep-research ctx200000 max100000 in10 out40 cr2.5
o3-deep-research-2025-06-26 ctx200000 max100000 in10 out40 cr2.5
o3-mini ctx200000 max100000 in1.1 out4.4 cr0.55
o3-mini-2025-01-31 ctx200000 max100000 in1.1 out4.4 cr0.55
o3-pro ctx200000 max100000 in20 out80
o3-pro-2025-06-10 ctx200000 max100000 in20 out80
o4-mini ctx200000 max100000 in1.1 out4.4 cr0.275
o4-mini-2025-04-16 ctx200000 max100000 in1.1 out4.4 cr0.275
o4-mini-deep-research ctx200000 max100000 in2 out8 cr0.5
o4-mini-deep-research-2025-06-26 ctx200000 max100000 in2 out8 cr0.5
@openrouter
anthropic/claude-3-haiku ctx200000 max4096 in0.25 out1.25
anthropic/claude-3.5-sonnet ctx200000 max8192 in3 out15
anthropic/claude-3.7-sonnet ctx200000 max128000 in3 out15
anthropic/claude-haiku-4.5 ctx200000 max200000 in1 out5 cr0.1 cw1.25
anthropic/claude-opus-4 ctx200000 max32000 in15 out75 cr1.5 cw18.75
anthropic/claude-opus-4.1 ctx200000 max32000 in15 out75 cr1.5 cw18.75 ch30
anthropic/claude-opus-4.5 ctx200000 max32000 in5 out25 cr0.5 cw6.25
anthropic/claude-opus-4.6 ctx1000000 max128000 in5 out25 cr0.5 cw6.25
anthropic/claude-opus-4.7 ctx1000000 max128000 in5 out25 cr0.5 cw6.25
anthropic/claude-sonnet-4 ctx1000000 max64000 in3 out15 cr0.3 cw3.75 >200000 in6 out22.5 cr0.6 cw7.5
anthropic/claude-sonnet-4.5 ctx1000000 max1000000 in3 out15 cr0.3 cw3.75 >200000 in6 out22.5 cr0.6 cw7.5
anthropic/claude-sonnet-4.6 ctx1000000 max128000 in3 out15 cr0.3 cw3.75 >200000 in6 out22.5 cr0.6 cw7.5
bytedance/ui-tars-1.5-7b ctx131072 max2048 in0.1 out0.2
deepseek/deepseek-chat ctx65536 max8192 in0.14 out0.28
deepseek/deepseek-chat-v3-0324 ctx65536 max8192 in0.14 out0.28
deepseek/deepseek-chat-v3.1 ctx163840 max163840 in0.2 out0.8
deepseek/deepseek-r1 ctx65336 max8192 in0.55 out2.19
deepseek/deepseek-r1-0528 ctx65336 max8192 in0.5 out2.15
deepseek/deepseek-v3.2 ctx163840 max163840 in0.28 out0.4
deepseek/deepseek-v3.2-exp ctx163840 max163840 in0.2 out0.4
google/gemini-2.0-flash-001 ctx1048576 max8192 in0.1 out0.4 ai0.7
google/gemini-2.5-flash ctx1048576 max8192 in0.3 out2.5 ai0.7
google/gemini-2.5-pro ctx1048576 max8192 in1.25 out10 ai0.7
google/gemini-3-flash-preview ctx1048576 max65535 in0.5 out3 cr0.05 rs3 ai1
google/gemini-3-pro-preview ctx1048576 max65535 in2 out12 cr0.2 >200000 in4 out18 cr0.4 cw0.25
google/gemini-3.1-flash-lite ctx1048576 max65536 in0.25 out1.5 cr0.025 rs1.5 ai0.5
google/gemini-3.1-flash-lite-preview ctx1048576 max65536 in0.25 out1.5 cr0.025 rs1.5 ai0.5
google/gemini-3.1-pro-preview ctx1048576 max65536 in2 out12 cr0.2 >200000 in4 out18 cr0.4 cw0.25
gryphe/mythomax-l2-13b in1.875 out1.875
mancer/weaver ctx8000 max2000 in5.625 out5.625
meta-llama/llama-3-70b-instruct ctx8192 max8000 in0.59 out0.79
minimax/minimax-m2 ctx204800 max204800 in0.255 out1.02
minimax/minimax-m2.1 ctx204000 max64000 in0.27 out1.2 cr0 cw0
minimax/minimax-m2.5 ctx196608 max65536 in0.3 out1.1 cr0.15
mistralai/devstral-2512 ctx262144 max65536 in0.15 out0.6
mistralai/ministral-14b-2512 ctx262144 max262144 in0.2 out0.2
mistralai/ministral-3b-2512 ctx131072 max131072 in0.1 out0.1
mistralai/ministral-8b-2512 ctx262144 max262144 in0.15 out0.15
mistralai/mistral-7b-instruct ctx32768 max8191 in0.13 out0.13
mistralai/mistral-large ctx128000 max8191 in8 out24
mistralai/mistral-large-2512 ctx262144 max262144 in0.5 out1.5
mistralai/mistral-small-3.1-24b-instruct ctx131072 max131072 in0.1 out0.3
mistralai/mistral-small-3.2-24b-instruct ctx128000 max128000 in0.1 out0.3
mistralai/mixtral-8x22b-instruct ctx65536 max65536 in0.65 out0.65
moonshotai/kimi-k2.5 ctx262144 max262144 in0.6 out3 cr0.1
openai/gpt-3.5-turbo ctx16385 max4096 in1.5 out2
openai/gpt-3.5-turbo-16k ctx16385 max4096 in3 out4
openai/gpt-4 ctx8191 max4096 in30 out60
openai/gpt-4.1 ctx1047576 max32768 in2 out8 cr0.5
openai/gpt-4.1-mini ctx1047576 max32768 in0.4 out1.6 cr0.1
openai/gpt-4.1-nano ctx1047576 max32768 in0.1 out0.4 cr0.025
openai/gpt-4o ctx128000 max4096 in2.5 out10
openai/gpt-4o-2024-05-13 ctx128000 max4096 in5 out15
openai/gpt-5 ctx272000 max128000 in1.25 out10 cr0.125
openai/gpt-5-chat ctx128000 max16384 in1.25 out10 cr0.125
openai/gpt-5-codex ctx272000 max128000 in1.25 out10 cr0.125
openai/gpt-5-mini ctx272000 max128000 in0.25 out2 cr0.025
openai/gpt-5-nano ctx272000 max128000 in0.05 out0.4 cr0.005
openai/gpt-5.1-codex-max ctx400000 max128000 in1.25 out10 cr0.125
openai/gpt-5.2 ctx272000 max128000 in1.75 out14 cr0.175
openai/gpt-5.2-chat ctx128000 max16384 in1.75 out14 cr0.175
openai/gpt-5.2-codex ctx272000 max128000 in1.75 out14 cr0.175
openai/gpt-5.2-pro ctx272000 max128000 in21 out168
openai/gpt-oss-120b ctx131072 max32768 in0.18 out0.8
openai/gpt-oss-20b ctx131072 max32768 in0.02 out0.1
openai/o1 ctx200000 max100000 in15 out60 cr7.5
openai/o3-mini ctx128000 max65536 in1.1 out4.4
openai/o3-mini-high ctx128000 max65536 in1.1 out4.4
openrouter/auto ctx2000000
openrouter/bodybuilder ctx128000
openrouter/free ctx200000 in0 out0
qwen/qwen-2.5-coder-32b-instruct ctx33792 max33792 in0.18 out0.18
qwen/qwen-vl-plus ctx8192 max2048 in0.21 out0.63
qwen/qwen3-235b-a22b-2507 ctx262144 max262144 in0.071 out0.1
qwen/qwen3-235b-a22b-thinking-2507 ctx262144 max262144 in0.11 out0.6
qwen/qwen3-coder ctx262100 max262100 in0.22 out0.95
qwen/qwen3-coder-plus ctx997952 max65536 in1 out5
qwen/qwen3.5-122b-a10b ctx262144 max65536 in0.4 out2
qwen/qwen3.5-27b ctx262144 max65536 in0.3 out2.4
qwen/qwen3.5-35b-a3b ctx262144 max65536 in0.25 out2
qwen/qwen3.5-397b-a17b ctx262144 max65536 in0.6 out3.6
qwen/qwen3.5-flash-02-23 ctx1000000 max65536 in0.1 out0.4
qwen/qwen3.5-plus-02-15 ctx1000000 max65536 in0.4 out2.4 >256000 in0.5 out3
qwen/qwen3.6-plus ctx1000000 max65536 in0.325 out1.95
switchpoint/router ctx131072 max131072 in0.85 out3.4
undi95/remm-slerp-l2-13b ctx6144 max4096 in1.875 out1.875
x-ai/grok-4 ctx256000 max256000 in3 out15
xiaomi/mimo-v2-flash ctx262144 max16384 in0.1 out0.3 cr0.01 cw0
xiaomi/mimo-v2.5 ctx1048576 max131072 in0.4 out2 cr0.08 cw0
xiaomi/mimo-v2.5-pro ctx1048576 max16384 in1 out3 cr0.2 cw0
z-ai/glm-4.6 ctx202800 max131000 in0.4 out1.75
z-ai/glm-4.6:exacto ctx202800 max131000 in0.45 out1.9
z-ai/glm-4.7 ctx202752 max64000 in0.4 out1.5 cr0 cw0
z-ai/glm-4.7-flash ctx200000 max32000 in0.07 out0.4 cr0 cw0
z-ai/glm-5 ctx202752 max128000 in0.8 out2.56
z-ai/glm-5.1 ctx202752 max65535 in1.05 out3.5 cr0.525 cw0
@perplexity
codellama-34b-instruct ctx16384 max16384 in0.35 out1.4
codellama-70b-instruct ctx16384 max16384 in0.7 out2.8
llama-2-70b-chat ctx4096 max4096 in0.7 out2.8
llama-3.1-70b-instruct ctx131072 max131072 in1 out1
llama-3.1-8b-instruct ctx131072 max131072 in0.2 out0.2
mistral-7b-instruct ctx4096 max4096 in0.07 out0.28
mixtral-8x7b-instruct ctx4096 max4096 in0.07 out0.28
pplx-70b-chat ctx4096 max4096 in0.7 out2.8
pplx-70b-online ctx4096 max4096
pplx-7b-chat ctx8192 max8192 in0.07 out0.28
pplx-7b-online ctx4096 max4096
sonar ctx128000 in1 out1
sonar-deep-research ctx128000 in2 out8 rs3
sonar-medium-chat ctx16384 max16384 in0.6 out1.8
sonar-medium-online ctx12000 max12000
sonar-pro ctx200000 max8000 in3 out15
sonar-reasoning ctx128000 in1 out5
sonar-reasoning-pro ctx128000 in2 out8
sonar-small-chat ctx16384 max16384 in0.07 out0.28
sonar-small-online ctx12000 max12000
@together_ai
Qwen/Qwen3-235B-A22B-Instruct-2507-tput ctx262000 in0.2 out6
Qwen/Qwen3-235B-A22B-Thinking-2507 ctx256000 in0.65 out3
Qwen/Qwen3-235B-A22B-fp8-tput ctx40000 in0.2 out0.6
Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8 ctx256000 in2 out2
Qwen/Qwen3-Next-80B-A3B-Instruct ctx262144 in0.15 out1.5
Qwen/Qwen3-Next-80B-A3B-Thinking ctx262144 in0.15 out1.5
Qwen/Qwen3.5-397B-A17B ctx262144 in0.6 out3.6
deepseek-ai/DeepSeek-R1 ctx128000 max20480 in3 out7
deepseek-ai/DeepSeek-R1-0528-tput ctx128000 in0.55 out2.19
deepseek-ai/DeepSeek-V3 ctx65536 max8192 in1.25 out1.25
deepseek-ai/DeepSeek-V3.1 ctx128000 max16384 in0.6 out1.7
meta-llama/Llama-3.3-70B-Instruct-Turbo in0.88 out0.88
meta-llama/Llama-3.3-70B-Instruct-Turbo-Free in0 out0
meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8 in0.27 out0.85
meta-llama/Llama-4-Scout-17B-16E-Instruct in0.18 out0.59
meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo in3.5 out3.5
meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo in0.88 out0.88
meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo in0.18 out0.18
mistralai/Mixtral-8x7B-Instruct-v0.1 in0.6 out0.6
moonshotai/Kimi-K2-Instruct in1 out3
moonshotai/Kimi-K2-Instruct-0905 ctx262144 in1 out3
moonshotai/Kimi-K2.5 ctx256000 max256000 in0.5 out2.8
openai/gpt-oss-120b ctx131072 max131072 in0.15 out0.6
openai/gpt-oss-20b ctx128000 in0.05 out0.2
together-ai-21.1b-41b in0.8 out0.8
together-ai-4.1b-8b in0.2 out0.2
together-ai-41.1b-80b in0.9 out0.9
together-ai-8.1b-21b in0.3 out0.3
together-ai-81.1b-110b in1.8 out1.8
together-ai-up-to-4b in0.1 out0.1
zai-org/GLM-4.5-Air-FP8 ctx128000 in0.2 out1.1
zai-org/GLM-4.6 ctx200000 max200000 in0.6 out2.2
zai-org/GLM-4.7 ctx200000 max200000 in0.45 out2
@vertex_ai
gemini-3-flash-preview ctx1048576 max65535 in0.5 out3 cr0.05 ai1
gemini-3-pro-preview ctx1048576 max65535 in2 out12 cr0.2 >200000 in4 out18 cr0.4 cw0.25
gemini-3.1-pro-preview ctx1048576 max65536 in2 out12 cr0.2 >200000 in4 out18 cr0.4 cw0.25
gemini-3.1-pro-preview-customtools ctx1048576 max65536 in2 out12 cr0.2 >200000 in4 out18 cr0.4 cw0.25
gemini-3.5-flash ctx1048576 max65535 in1.5 out9 cr0.15 rs9 ai1
gemini-3.6-flash ctx1048576 max65536 in1.5 out7.5 cr0.15 rs7.5
google/gemini-2.0-flash ctx1048576 max8192 in0.1 out0.4 cr0.025 ai0.7
google/gemini-2.0-flash-001 ctx1048576 max8192 in0.15 out0.6 cr0.0375 ai1
google/gemini-2.0-flash-lite ctx1048576 max8192 in0.075 out0.3 cr0.01875 ai0.075
google/gemini-2.0-flash-lite-001 ctx1048576 max8192 in0.075 out0.3 cr0.01875 ai0.075
google/gemini-2.5-computer-use-preview-10-2025 ctx128000 max64000 in1.25 out10 >200000 in2.5 out15
google/gemini-2.5-flash ctx1048576 max65535 in0.3 out2.5 cr0.03 rs2.5 ai1
google/gemini-2.5-flash-lite ctx1048576 max65535 in0.1 out0.4 cr0.01 rs0.4 ai0.3
google/gemini-2.5-flash-lite-preview-06-17 ctx1048576 max65535 in0.1 out0.4 cr0.025 rs0.4 ai0.5
google/gemini-2.5-flash-lite-preview-09-2025 ctx1048576 max65535 in0.1 out0.4 cr0.01 rs0.4 ai0.3
google/gemini-2.5-flash-preview-09-2025 ctx1048576 max65535 in0.3 out2.5 cr0.075 rs2.5 ai1
google/gemini-2.5-pro ctx1048576 max65535 in1.25 out10 cr0.125 >200000 in2.5 out15 cr0.25 cw0.25
google/gemini-2.5-pro-preview-tts ctx1048576 max65535 in1.25 out10 cr0.125 ai0.7 >200000 in2.5 out15 cr0.25
google/gemini-3-flash-preview ctx1048576 max65535 in0.5 out3 cr0.05 rs3 ai1
google/gemini-3-pro-preview ctx1048576 max65535 in2 out12 cr0.2 >200000 in4 out18 cr0.4 cw0.25
google/gemini-3.1-flash-lite ctx1048576 max65536 in0.25 out1.5 cr0.025 rs1.5 ai0.5
google/gemini-3.1-flash-lite-preview ctx1048576 max65536 in0.25 out1.5 cr0.025 rs1.5 ai0.5
google/gemini-3.1-pro-preview ctx1048576 max65536 in2 out12 cr0.2 >200000 in4 out18 cr0.4 cw0.25
google/gemini-3.1-pro-preview-customtools ctx1048576 max65536 in2 out12 cr0.2 >200000 in4 out18 cr0.4 cw0.25
google/gemini-3.5-flash ctx1048576 max65535 in1.5 out9 cr0.15 rs9 ai1
google/gemini-3.5-flash-lite ctx1048576 max65536 in0.3 out2.5 cr0.03 rs2.5
google/gemini-3.6-flash ctx1048576 max65536 in1.5 out7.5 cr0.15 rs7.5
google/gemini-omni-flash-preview ctx1048576 max65535 in1.5 out9 rs9 ai1.5
google/gemini-robotics-er-1.5-preview ctx1048576 max65535 in0.3 out2.5 cr0 rs2.5 ai1
google/medlm-large ctx8192 max1024
google/medlm-medium ctx32768 max8192
xai/grok-4.1-fast-non-reasoning ctx2000000 max2000000 in0.2 out0.5 cr0.05
xai/grok-4.1-fast-reasoning ctx2000000 max2000000 in0.2 out0.5 cr0.05
xai/grok-4.20-non-reasoning ctx2000000 max2000000 in2 out6 cr0.2
xai/grok-4.20-reasoning ctx2000000 max2000000 in2 out6 cr0.2
@xai
grok-2 ctx131072 max131072 in2 out10
grok-2-1212 ctx131072 max131072 in2 out10
grok-2-latest ctx131072 max131072 in2 out10
grok-2-vision ctx32768 max32768 in2 out10
grok-2-vision-1212 ctx32768 max32768 in2 out10
grok-2-vision-latest ctx32768 max32768 in2 out10
grok-3 ctx131072 max131072 in3 out15 cr0.75
grok-3-beta ctx131072 max131072 in3 out15 cr0.75
grok-3-fast-beta ctx131072 max131072 in5 out25 cr1.25
grok-3-fast-latest ctx131072 max131072 in5 out25 cr1.25
grok-3-latest ctx131072 max131072 in3 out15 cr0.75
grok-3-mini ctx131072 max131072 in0.3 out0.5 cr0.075
grok-3-mini-beta ctx131072 max131072 in0.3 out0.5 cr0.075
grok-3-mini-fast ctx131072 max131072 in0.6 out4 cr0.15
grok-3-mini-fast-beta ctx131072 max131072 in0.6 out4 cr0.15
grok-3-mini-fast-latest ctx131072 max131072 in0.6 out4 cr0.15
grok-3-mini-latest ctx131072 max131072 in0.3 out0.5 cr0.075
grok-4 ctx256000 max256000 in3 out15
grok-4-0709 ctx256000 max256000 in3 out15 >128000 in6 out30
grok-4-1-fast ctx2000000 max2000000 in0.2 out0.5 cr0.05 >128000 in0.4 out1
grok-4-1-fast-non-reasoning ctx2000000 max2000000 in0.2 out0.5 cr0.05 >128000 in0.4 out1
grok-4-1-fast-non-reasoning-latest ctx2000000 max2000000 in0.2 out0.5 cr0.05 >128000 in0.4 out1
grok-4-1-fast-reasoning ctx2000000 max2000000 in0.2 out0.5 cr0.05 >128000 in0.4 out1
grok-4-1-fast-reasoning-latest ctx2000000 max2000000 in0.2 out0.5 cr0.05 >128000 in0.4 out1
grok-4-fast-non-reasoning ctx2000000 max2000000 in0.2 out0.5 cr0.05 >128000 in0.4 out1
grok-4-fast-reasoning ctx2000000 max2000000 in0.2 out0.5 cr0.05 >128000 in0.4 out1
grok-4-latest ctx256000 max256000 in3 out15 >128000 in6 out30
grok-4.20-0309-reasoning ctx2000000 max2000000 in2 out6 cr0.2
grok-4.20-beta-0309-non-reasoning ctx2000000 max2000000 in2 out6 cr0.2
grok-4.20-beta-0309-reasoning ctx2000000 max2000000 in2 out6 cr0.2
grok-4.20-multi-agent-beta-0309 ctx2000000 max2000000 in2 out6 cr0.2
grok-4.3 ctx1000000 max1000000 in1.25 out2.5 cr0.2 >200000 in2.5 out5 cr0.4
grok-4.3-latest ctx1000000 max1000000 in1.25 out2.5 cr0.2 >200000 in2.5 out5 cr0.4
grok-4.5 ctx500000 max500000 in2 out6 cr0.5 >200000 in4 out12 cr1
grok-4.5-latest ctx500000 max500000 in2 out6 cr0.5 >200000 in4 out12 cr1
grok-beta ctx131072 max131072 in5 out15
grok-code-fast ctx256000 max256000 in0.2 out1.5 cr0.02
grok-code-fast-1 ctx256000 max256000 in0.2 out1.5 cr0.02
grok-code-fast-1-0825 ctx256000 max256000 in0.2 out1.5 cr0.02
grok-vision-beta ctx8192 max8192 in5 out15
`
