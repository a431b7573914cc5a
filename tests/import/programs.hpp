// ALIR and DAIS programs as text.
#pragma once

#include <cstddef>
#include <string>

namespace bitgrain::test {

/// Two inputs s3.2 as operations 0 and 1, then `operations`; the last one is the output.
inline std::string dais(const std::string& operations, std::size_t last, const std::string& tables = "null") {
    return R"([[2,1],[0,0],[)" + std::to_string(last) +
           R"(],[0],[false],[[0,-1,-1,0,[-8.0,7.75,0.25],0,0],[1,-1,-1,0,[-8.0,7.75,0.25],0,0],)" + operations +
           "],-1,-1," + tables + "]";
}

inline std::string alir(const std::string& operations, std::size_t last, const std::string& tables = "null") {
    return R"({"meta":"ALIRModel","spec_version":4,"model":[[2,1],[0,0],[)" + std::to_string(last) +
           R"(],[0],[false],[[[],-1,[0],[-8.0,7.75,0.25],0,0],[[],-1,[1],[-8.0,7.75,0.25],0,0],)" + operations +
           "],-1,-1," + tables + "]}";
}

/// A DAIS program with a table and every kind of operation, each of which is an output.
inline std::string all_dais_operations() {
    return R"([[2,12],[0,0],[2,3,4,5,6,7,8,9,10,11,12,13],[0,0,0,0,0,0,1,0,0,-1,0,0],
        [false,false,true,false,false,false,false,false,false,true,false,false],[
        [0,-1,-1,0,[-8.0,7.75,0.25],0,0],[1,-1,-1,0,[-8.0,7.75,0.25],0,0],[0,1,0,1,[-24.0,23.25,0.25],0,0],
        [0,-1,2,0,[0.0,3.0,1.0],0,0],[1,-1,-3,0,[-2.0,1.5,0.5],0,0],[0,-1,4,-6,[-9.5,6.25,0.25],0,0],
        [-1,-1,5,-3,[-0.75,-0.75,0.25],0,0],[0,1,7,0,[-62.0,64.0,0.0625],0,0],[0,1,1,0,[-15.75,15.75,0.25],0,0],
        [0,1,6,8,[-8.0,7.75,0.25],0,0],[0,-1,3,0,[-2.0,1.0,1.0],0,0],[10,-1,8,0,[-1.5,2.0,0.5],0,0],
        [10,-1,9,0,[-2.0,1.0,1.0],0,0],[0,1,10,0,[-8.0,7.75,0.25],0,0]],-1,-1,
        [{"spec":{"hash":"a","out_qint":{"min":-1.5,"max":2.0,"step":0.5},"inp_width":2},"table":[-3,0,1,4]}]])";
}

} // namespace bitgrain::test
